import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  findProcess,
  isRunning,
  type ProcessEntry,
  parsePsLine,
  readProcessTable,
  treeOf,
} from '../../../lab/gameday/processes/process-table.ts';

const table = (...entries: readonly ProcessEntry[]) => new Map(entries.map((entry) => [entry.pid, entry]));
const entry = (pid: number, parentPid: number, groupId: number, alive = true): ProcessEntry => ({
  ...{ pid, parentPid, groupId, alive },
  startedAt: `start of ${pid}`,
});

describe('a tree of processes', () => {
  test('holds descendants that left the group, and members of the group whose parent died', () => {
    const found = treeOf(
      table(entry(1, 0, 1), entry(10, 1, 10), entry(11, 10, 11), entry(12, 11, 11), entry(13, 1, 10), entry(20, 1, 20)),
      [10],
    );
    expect(new Set(found)).toEqual(new Set([10, 11, 12, 13]));
  });

  test('finds a grandchild that is listed before its parent', () => {
    expect(new Set(treeOf(table(entry(5, 30, 5), entry(30, 20, 30), entry(20, 1, 20)), [20]))).toEqual(
      new Set([20, 30, 5]),
    );
  });

  test('holds no zombies: they are dead already', () => {
    expect(treeOf(table(entry(10, 1, 10), entry(11, 10, 10, false)), [10])).toEqual([10]);
  });
});

describe('a marked process', () => {
  const mark = { pid: 10, startedAt: 'start of 10' };

  test('runs while pid and start time fit', () => {
    expect(isRunning(mark, entry(10, 1, 10))).toBe(true);
  });

  test.each([
    ['another process has its pid', { ...entry(10, 1, 10), startedAt: 'later' }],
    ['only its zombie is left', entry(10, 1, 10, false)],
    ['nothing has its pid', undefined],
  ])('does not run when %s', (_title, found) => {
    expect(isRunning(mark, found)).toBe(false);
  });
});

test('this process finds itself, alive, under its parent', () => {
  const self = readProcessTable().get(process.pid);
  expect(self).toMatchObject({ pid: process.pid, parentPid: process.ppid, alive: true });
  expect(findProcess(process.pid)?.startedAt).toBe(self?.startedAt);
});

test('a line of ps says the same as the process table, its start time aside', () => {
  const line = execFileSync('ps', ['-p', String(process.pid), '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
  });
  const self = findProcess(process.pid);
  expect(parsePsLine(line.trimEnd())).toEqual({ ...self, startedAt: expect.stringMatching(/\d\d:\d\d:\d\d \d{4}$/) });
});
