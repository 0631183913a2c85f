import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { sweepAbandoned } from '../../lab/gameday/processes/sweep.ts';
import {
  type CommandLine,
  endCommandLines,
  processesOf,
  stillRunning,
  understudy,
  workplacesOf,
} from '../support/command-line.ts';

const report = mkdtempSync(join(tmpdir(), 'interrupted-'));
const start = (): CommandLine => understudy(['gameday', '--rate', '50', '--report', report]);

/** A second each for a loaded machine to notice, to end in order, and to be looked at. */
const endsWithinMs = 3000;

afterEach(async () => {
  await endCommandLines();
  await sweepAbandoned();
});
afterAll(() => rmSync(report, { recursive: true }));

/** Three moments at which a lab owns different things: its first processes, its databases, everything and a run. */
const moments = {
  'just begun': { says: 'step Building', processes: 1 },
  'half built': { says: 'step Building', processes: 4 },
  'Region lost': { says: 'eu-west-1 lost', processes: 5 },
} as const;

test.each([
  ['SIGTERM', 143, 'just begun'],
  ['SIGINT', 130, 'half built'],
  ['SIGINT', 130, 'Region lost'],
] as const)(
  '%s ends a game day with exit code %i at once and leaves nothing behind: %s',
  async (name, code, moment) => {
    const lab = start();
    await lab.says(moments[moment].says);
    const [directories, processes] = await belongings(lab, moments[moment].processes);
    const toldAt = performance.now();
    lab.kill(name);
    const { code: exitCode, stderr } = await lab.ended;
    expect(performance.now() - toldAt).toBeLessThan(endsWithinMs);
    expect({ exitCode, complaint: / at .*\.ts:\d+/.exec(stderr)?.[0] }).toEqual({ exitCode: code });
    expect(stillRunning(processes)).toEqual([]);
    expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
    expect(workplacesOf(lab.pid)).toEqual([]);
  },
);

test('a game day killed with SIGKILL is cleared away by the next start, to the last process', async () => {
  const lab = start();
  await lab.says(moments['Region lost'].says);
  const [directories, processes] = await belongings(lab, moments['Region lost'].processes);
  lab.kill('SIGKILL');
  await lab.ended;
  expect(await sweepAbandoned()).toEqual(expect.arrayContaining([...directories]));
  expect(stillRunning(processes)).toEqual([]);
  expect(workplacesOf(lab.pid)).toEqual([]);
});

/** What the lab has by now, at the latest when there are so many processes. */
async function belongings({ pid }: CommandLine, processesMin: number) {
  await expect.poll(() => processesOf(pid).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(processesMin);
  const directories = workplacesOf(pid);
  expect(directories).toHaveLength(1);
  return [directories, processesOf(pid)] as const;
}
