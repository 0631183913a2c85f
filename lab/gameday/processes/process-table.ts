import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One process of this machine. `startedAt` is an opaque mark: with the pid it names a process for ever, reuse or not. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly startedAt: string;
  /** False for a zombie: it holds a pid until its parent looks, but runs nothing and keeps nothing open. */
  readonly alive: boolean;
}

/** What a ledger keeps of a process. */
export type ProcessMark = Pick<ProcessEntry, 'pid' | 'startedAt'>;
export type ProcessTable = ReadonlyMap<number, ProcessEntry>;

/** Every process of this machine, by pid. A few milliseconds where there is a /proc, tens of them through `ps`. */
export function readProcessTable(): ProcessTable {
  const entries = process.platform === 'linux' ? fromProc() : fromPs();
  return new Map(entries.map((entry) => [entry.pid, entry]));
}

/** The process with this pid, dead or alive, or nothing. */
export function findProcess(pid: number): ProcessEntry | undefined {
  return process.platform === 'linux' ? readStat(pid) : fromPs(pid)[0];
}

/** True while the very process that was marked runs: not a later one with its pid, not its zombie. */
export function isRunning(mark: ProcessMark, found: ProcessEntry | undefined): boolean {
  return found?.alive === true && found.startedAt === mark.startedAt;
}

/**
 * The roots, all their descendants, and all members of the roots' process groups. Groups alone are not enough: every
 * PostgreSQL backend calls setsid() and leaves its postmaster's group. Descent alone is not enough either: a grandchild
 * whose parent died has been adopted by init.
 */
export function treeOf(table: ProcessTable, roots: Iterable<number>): readonly number[] {
  const groups = new Set(roots);
  const members = new Set([...groups].filter((pid) => table.get(pid)?.alive));
  let before = -1;
  while (members.size !== before) {
    before = members.size;
    for (const entry of table.values()) {
      const belongs = members.has(entry.parentPid) || groups.has(entry.groupId);
      if (belongs && entry.alive) members.add(entry.pid);
    }
  }
  return [...members];
}

function fromProc(): readonly ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readStat(Number(pid))).filter((entry) => entry !== undefined);
}

/** The fields of proc_pid_stat(5). The command (field 2) may hold blanks and parentheses: count from its last one. */
function readStat(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = 'X', parentPid, groupId, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const alive = state !== 'Z' && state !== 'X';
    return { pid, parentPid: Number(parentPid), groupId: Number(groupId), startedAt: rest[16] ?? '', alive };
  } catch {
    return undefined; // It ended between the listing and the reading.
  }
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/;

function fromPs(pid?: number): readonly ProcessEntry[] {
  const which = pid === undefined ? ['-A'] : ['-p', String(pid)];
  const lines = runPs([...which, '-o', 'pid=,ppid=,pgid=,stat=,lstart=']).split('\n');
  return lines.map(parsePsLine).filter((entry) => entry !== undefined);
}

function runPs(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    });
  } catch {
    return ''; // `ps -p` fails when there is no such process.
  }
}

/** One line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`: where there is no /proc, the start time has whole seconds. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const [, pid, parentPid, groupId, state = 'Z', startedAt = ''] = PS_LINE.exec(line) ?? [];
  if (pid === undefined) return undefined;
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    startedAt,
    alive: !state.startsWith('Z'),
  };
}
