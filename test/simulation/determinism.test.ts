import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { digestsOf } from '../support/digests-of.ts';

const seeds = [1, 2, 3, 4, 5, 6];
const module = new URL('../support/days-elsewhere.ts', import.meta.url);

const inWorker = (): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(module, { workerData: seeds });
    worker.once('message', resolve).once('error', reject);
  });

const inProcess = async (): Promise<unknown> => {
  const { stdout } = await promisify(execFile)(process.execPath, [module.pathname, ...seeds.map(String)]);
  return JSON.parse(stdout);
};

describe('one seed is one history, byte for byte', () => {
  let first: Readonly<Record<number, string>>;
  beforeAll(async () => {
    first = await digestsOf(seeds);
  });

  it('as often as it is lived, and whatever was lived before it', async () => {
    expect(new Set(Object.values(first)).size).toBe(seeds.length);
    expect(await digestsOf(seeds.toReversed())).toEqual(first);
  });

  it('in another thread', async () => {
    expect(await inWorker()).toEqual(first);
  });

  it('in another process of Node', async () => {
    expect(await inProcess()).toEqual(first);
  });
});
