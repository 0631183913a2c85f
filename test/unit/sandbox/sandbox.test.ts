import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../lab/cloud/system-clock.ts';
import { startProcess } from '../../../lab/gameday/processes/lab-process.ts';
import { type Sandbox, startSandbox } from '../../../lab/sandbox/sandbox.ts';
import { makeSandboxes } from '../../../lab/sandbox/sandboxes.ts';

const region = 'eu-central-1';
const logged: unknown[] = [];
let folder = '';
const started: Sandbox[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  logged.length = 0;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((sandbox) => sandbox.close()));
  rmSync(folder, { recursive: true });
});

/** A function whose bundle is this text. */
async function sandboxOf(source: string): Promise<Sandbox> {
  const entry = join(folder, 'bundle.mjs');
  writeFileSync(entry, source);
  const sandbox = await startSandbox({
    workplace: { spawn: startProcess },
    region,
    functionName: 'detect',
    entry,
    env: { GREETING: 'hello' },
    log: (...line) => void logged.push(line),
  });
  started.push(sandbox);
  return sandbox;
}

const arn = `arn:aws:lambda:${region}:123456789012:function:detect`;
const invocation = (event: unknown, withinMs = 20_000) => ({
  requestId: crypto.randomUUID(),
  deadlineAt: systemClock.nowMs() + withinMs,
  functionArn: arn,
  event,
});

describe('a function in a process of its own', () => {
  test('hears the event and the context that Lambda gives, and its result comes back as JSON carries it', async () => {
    const sandbox = await sandboxOf(`let times = 0;
      export const handler = async (event, context) => ({
        event, times: ++times, greeting: process.env.GREETING, region: process.env.AWS_REGION,
        name: context.functionName, arn: context.invokedFunctionArn, id: context.awsRequestId,
        left: context.getRemainingTimeInMillis() > 1000, missing: undefined,
      });`);
    const first = invocation({ text: 'über' });
    expect(await sandbox.invoke(first)).toEqual({
      event: { text: 'über' },
      times: 1,
      greeting: 'hello',
      region,
      name: 'detect',
      arn,
      id: first.requestId,
      left: true,
    });
    expect(await sandbox.invoke(invocation(null))).toMatchObject({ event: null, times: 2 });
  });

  test('its error comes back under its own name, and it goes on', async () => {
    const sandbox = await sandboxOf(`export const handler = async (event) => {
      if (event.fail) throw Object.assign(new Error('not now'), { name: 'TransientError' });
    };`);
    const failing = sandbox.invoke(invocation({ fail: true }));
    await expect(failing).rejects.toMatchObject({ name: 'TransientError', message: 'not now' });
    expect(await sandbox.invoke(invocation({}))).toBeNull();
  });

  test('what it logs as JSON lines arrives in the log of the lab', async () => {
    const sandbox = await sandboxOf(`export const handler = async () => {
      process.stdout.write(JSON.stringify({ level: 'info', why: 'looked', runId: 'r' }) + '\\n' + 'plain\\n');
    };`);
    await sandbox.invoke(invocation({}));
    await expect
      .poll(() => logged)
      .toEqual([
        ['info', 'looked', { runId: 'r' }],
        ['info', 'plain'],
      ]);
  });

  test('a bundle that cannot be loaded fails at its start, and says why', async () => {
    const sandbox = await sandboxOf(`throw new TypeError('no such thing');`);
    await expect(sandbox.ready).rejects.toMatchObject({ name: 'TypeError', message: 'no such thing' });
  });

  test('one that cannot be started leaves no server behind', async () => {
    let address = '';
    const spawn: typeof startProcess = ({ env = {} }) => {
      address = env['AWS_LAMBDA_RUNTIME_API'] ?? '';
      throw new Error('the workplace is closed');
    };
    const wanted = { region, functionName: 'detect', entry: '', env: {}, log: () => undefined };
    await expect(startSandbox({ ...wanted, workplace: { spawn } })).rejects.toThrow('the workplace is closed');
    await expect(fetch(`http://${address}/`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('one that ends while it is asked is a Runtime.ExitError; one that takes too long is ended', async () => {
    const ending = await sandboxOf('export const handler = async () => process.exit(3);');
    await expect(ending.invoke(invocation({}))).rejects.toMatchObject({ name: 'Runtime.ExitError' });
    expect(ending.hasEnded()).toBe(true);
    const slow = await sandboxOf('export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));');
    await slow.ready;
    await expect(slow.invoke(invocation({}, 100))).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
    await expect.poll(() => slow.hasEnded()).toBe(true);
  });
});

describe('the environments of a function', () => {
  const place = { region, functionName: 'detect' };
  const context = {
    functionName: 'detect',
    awsRequestId: 'id',
    invokedFunctionArn: arn,
    getRemainingTimeInMillis: () => 20_000,
  };

  interface Fake {
    readonly answers: PromiseWithResolvers<unknown>;
    readonly end: PromiseWithResolvers<void>;
    ended: boolean;
    closed: boolean;
  }

  function bench() {
    const sandboxes: Fake[] = [];
    const pool = makeSandboxes(async () => {
      const answers = Promise.withResolvers<unknown>();
      const one: Fake = { answers, end: Promise.withResolvers<void>(), ended: false, closed: false };
      sandboxes.push(one);
      return {
        ready: Promise.resolve(),
        ended: one.end.promise,
        hasEnded: () => one.ended,
        invoke: () => answers.promise,
        close: async () => {
          one.closed = true;
        },
      };
    });
    return { pool, sandboxes };
  }

  test('a free one is used again; a second one is started for a second call at the same time', async () => {
    const { pool, sandboxes } = bench();
    await pool.warm([place]);
    const first = pool.invoke(place, {}, context);
    const second = pool.invoke(place, {}, context);
    await expect.poll(() => sandboxes.length).toBe(2);
    for (const { answers } of sandboxes) answers.resolve('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect(await pool.invoke(place, {}, context)).toBe('done');
    expect(sandboxes.length).toBe(2);
  });

  test('more calls than it may have environments wait for one that is free', async () => {
    const { pool, sandboxes } = bench();
    const calls = Array.from({ length: 5 }, () => pool.invoke(place, {}, context));
    await expect.poll(() => sandboxes.length).toBe(3);
    sandboxes[1]?.answers.resolve('second');
    expect(await Promise.race(calls)).toBe('second');
    for (const { answers } of sandboxes) answers.resolve('late');
    expect((await Promise.all(calls)).toSorted()).toEqual(['late', 'late', 'second', 'second', 'second']);
    expect(sandboxes.length).toBe(3);
  });

  test('one that has died is used no more, and makes room for another', async () => {
    const { pool, sandboxes } = bench();
    const died = Array.from({ length: 3 }, () => pool.invoke(place, {}, context).catch(() => 'died'));
    const late = pool.invoke(place, {}, context);
    await expect.poll(() => sandboxes.length).toBe(3);
    for (const one of sandboxes.slice()) {
      one.ended = true;
      one.answers.reject(new Error('Runtime.ExitError'));
      one.end.resolve();
    }
    expect(await Promise.all(died)).toEqual(['died', 'died', 'died']);
    await expect.poll(() => sandboxes.length).toBe(4);
    sandboxes[3]?.answers.resolve('alive');
    expect(await late).toBe('alive');
  });

  test('ones that cannot be started take up no room, and do not keep the others from being closed', async () => {
    let startable = false;
    const pool = makeSandboxes(async () => {
      if (!startable) throw new Error('not now');
      const ended = new Promise<void>(() => undefined);
      const alive = { ready: Promise.resolve(), ended, hasEnded: () => false };
      return { ...alive, invoke: async () => 'done', close: async () => undefined };
    });
    for (let call = 0; call < 4; call++) await expect(pool.invoke(place, {}, context)).rejects.toThrow('not now');
    startable = true;
    expect(await pool.invoke(place, {}, context)).toBe('done');
    await pool.close();
  });

  test('other Regions and other functions have environments of their own; all are closed with the lab', async () => {
    const { pool, sandboxes } = bench();
    await pool.warm([place, { ...place, region: 'eu-west-1' }, { ...place, functionName: 'survey' }]);
    expect(sandboxes.length).toBe(3);
    await pool.close();
    expect(sandboxes.map(({ closed }) => closed)).toEqual([true, true, true]);
  });
});
