import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLedger } from '../../lab/gameday/processes/ledger.ts';
import {
  findProcess,
  isRunning,
  type ProcessMark,
  readProcessTable,
  treeOf,
} from '../../lab/gameday/processes/process-table.ts';
import { WORKPLACE_PREFIX } from '../../lab/gameday/processes/workplace.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own, its output in pipes. */
export interface CommandLine {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(name: NodeJS.Signals): void;
  /** Resolves when its standard error has said so. Rejects when it ends before. */
  says(text: string): Promise<void>;
}

const running = new Set<ChildProcess>();

interface Surroundings {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export function understudy(args: readonly string[], { cwd = project, env = {} }: Surroundings = {}): CommandLine {
  const child = spawn(process.execPath, [join(cwd, 'cli', 'main.ts'), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => {
    out.stdout += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    out.stderr += text.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal, ...out } as Ended;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (name) => void child.kill(name),
    async says(text) {
      const gone = ended.then(({ code, stderr }) => {
        throw new Error(`it ended with ${code} and never said "${text}": ${stderr}`);
      });
      while (!out.stderr.includes(text)) await Promise.race([once(child.stderr, 'data'), gone]);
      gone.catch(() => undefined);
    },
  };
}

/** For the end of a test that failed half-way. */
export async function endCommandLines(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

/** The temporary directories of the lab that this process owns. */
export const workplacesOf = (pid: number): readonly string[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith(`${WORKPLACE_PREFIX}${pid}-`))
    .map((name) => join(tmpdir(), name));

/** Every process of the lab below `pid`, as the system and the ledgers know them; without `pid` itself. */
export function processesOf(pid: number): readonly ProcessMark[] {
  const table = readProcessTable();
  const descendants = treeOf(table, [pid]).filter((one) => one !== pid);
  const children = workplacesOf(pid)
    .flatMap(readLedger)
    .filter((entry) => entry.entry === 'child');
  return [...descendants.flatMap((one) => table.get(one) ?? []), ...children];
}

export const stillRunning = (marks: readonly ProcessMark[]): readonly ProcessMark[] =>
  marks.filter((mark) => isRunning(mark, findProcess(mark.pid)));
