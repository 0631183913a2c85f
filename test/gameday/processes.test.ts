import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { markOf } from '../../lab/gameday/processes/ledger.ts';
import { findProcess } from '../../lab/gameday/processes/process-table.ts';
import { sweepAbandoned } from '../../lab/gameday/processes/sweep.ts';
import { openWorkplace, WORKPLACE_PREFIX, type Workplace } from '../../lab/gameday/processes/workplace.ts';

const TINY_LAB = fileURLToPath(new URL('../support/tiny-lab.ts', import.meta.url));

const workplaces: Workplace[] = [];
const labs: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(workplaces.splice(0).map((workplace) => workplace.close()));
  for (const lab of labs.splice(0)) lab.kill('SIGKILL');
  await sweepAbandoned();
});

test('a lab killed with SIGKILL leaves its children alive, and the next start leaves neither them nor its directory', async () => {
  const { lab, directory, pids } = await startTinyLab();
  await end(lab, 'SIGKILL');
  expect(alive(pids)).toEqual(pids);
  await open();
  expect(alive(pids)).toEqual([]);
  expect(existsSync(directory)).toBe(false);
});

test('a lab that lives is left alone by the start of another', async () => {
  const { directory, pids } = await startTinyLab();
  await open();
  expect(alive(pids)).toEqual(pids);
  expect(existsSync(directory)).toBe(true);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'a lab that gets %s ends its processes, removes its directory and exits with %i',
  async (name, exitCode) => {
    const { lab, directory, pids } = await startTinyLab();
    expect(await end(lab, name)).toBe(exitCode);
    expect(alive(pids)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  },
);

test('a sweep does not touch a process that has inherited a pid from the ledger', async () => {
  const innocent = idle();
  const directory = abandonedDirectory([
    { entry: 'child', pid: innocent, startedAt: 'earlier', name: 'x', region: 'r' },
  ]);
  await sweepAbandoned();
  expect(existsSync(directory)).toBe(false);
  expect(alive([innocent])).toEqual([innocent]);
});

test.runIf(process.getuid?.() === 0)('a sweep does not follow a ledger that another user has planted', async () => {
  const innocent = idle();
  const directory = abandonedDirectory([{ entry: 'child', ...markOf(innocent), name: 'x', region: 'r' }]);
  chownSync(directory, 65_534, 65_534);
  await sweepAbandoned();
  expect(alive([innocent])).toEqual([innocent]);
  rmSync(directory, { recursive: true });
});

test('killing a Region ends its processes with all their descendants, and no process of another Region', async () => {
  const workplace = await open();
  const doomed = await withGrandchild(workplace, 'eu-west-1');
  const other = await withGrandchild(workplace, 'eu-central-1');
  await workplace.killRegion('eu-west-1');
  expect(alive(doomed)).toEqual([]);
  expect(alive(other)).toEqual(other);
});

test('a frozen Region does nothing until it thaws', async () => {
  const workplace = await open();
  const clock = workplace.spawn({
    name: 'clock',
    region: 'eu-west-1',
    command: process.execPath,
    args: ['-e', `setInterval(() => process.stdout.write('.'), 5)`],
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let ticks = 0;
  clock.child.stdout?.on('data', (dots: Buffer) => {
    ticks += dots.length;
  });
  await expect.poll(() => ticks).toBeGreaterThan(3);
  workplace.freezeRegion('eu-west-1');
  await sleep(50);
  const whenFrozen = ticks;
  await sleep(200);
  expect(ticks).toBe(whenFrozen);
  workplace.thawRegion('eu-west-1');
  await expect.poll(() => ticks).toBeGreaterThan(whenFrozen + 3);
});

test('a closed workplace is gone, closes again without complaint, and starts nothing more', async () => {
  const workplace = await open();
  const pids = await withGrandchild(workplace, 'eu-west-1');
  await Promise.all([workplace.close(), workplace.close()]);
  expect(alive(pids)).toEqual([]);
  expect(existsSync(workplace.directory)).toBe(false);
  expect(() => workplace.spawn({ name: 'late', region: 'eu-west-1', command: 'true', args: [] })).toThrow(/closed/);
});

test('a command that does not exist fails at once, by name', async () => {
  const workplace = await open();
  expect(() => workplace.spawn({ name: 'nobody-home', region: 'r', command: '/no/such', args: [] })).toThrow(
    /nobody-home/,
  );
});

async function open(): Promise<Workplace> {
  const workplace = await openWorkplace();
  workplaces.push(workplace);
  return workplace;
}

interface TinyLab {
  readonly lab: ChildProcess;
  readonly directory: string;
  readonly pids: readonly number[];
}

async function startTinyLab(): Promise<TinyLab> {
  const lab = spawn(process.execPath, [TINY_LAB], { stdio: ['ignore', 'pipe', 'inherit'] });
  labs.push(lab);
  const [line] = (await once(lab.stdout, 'data')) as [Buffer];
  return { lab, ...(JSON.parse(line.toString()) as Pick<TinyLab, 'directory' | 'pids'>) };
}

async function end(lab: ChildProcess, name: NodeJS.Signals): Promise<number | null> {
  const exit = once(lab, 'exit');
  lab.kill(name);
  const [code] = (await exit) as [number | null];
  return code;
}

/** A child and a grandchild in a session of its own; their pids. */
async function withGrandchild(workplace: Workplace, region: string): Promise<readonly number[]> {
  const script = `
    const { spawn } = require('node:child_process');
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    process.stdout.write(String(spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).pid));`;
  const { pid, child } = workplace.spawn({
    ...{ name: 'parent', region, command: process.execPath, args: ['-e', script] },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [grandchild] = child.stdout === null ? [''] : ((await once(child.stdout, 'data')) as [Buffer]);
  return [pid, Number(grandchild.toString())];
}

function idle(): number {
  const process_ = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  labs.push(process_);
  return process_.pid ?? 0;
}

/** As a lab leaves it whose pid nobody has any more: above the kernel's largest. */
function abandonedDirectory(children: readonly object[]): string {
  const directory = join(tmpdir(), `${WORKPLACE_PREFIX}99999999-${process.pid.toString(16)}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'ledger.jsonl'), children.map((child) => `${JSON.stringify(child)}\n`).join(''));
  return directory;
}

function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => findProcess(pid)?.alive);
}
