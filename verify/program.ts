import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly timeoutMs: number;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ProgramEnd {
  /** Null when it could not be started, or was ended by a signal. */
  readonly code: number | null;
  /** What it wrote, to both streams. */
  readonly output: string;
  /** What it wrote to its standard output alone. */
  readonly stdout: string;
}

const running = new Set<number>();

/** Runs a program to its end, or ends it after the timeout with all that it has started. Never rejects. */
export function tryProgram(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = {}, timeoutMs }: ProgramOptions,
): Promise<ProgramEnd> {
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const child = spawn(command, args, {
    cwd,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const stdout: string[] = [];
  child.stdout.on('data', (chunk) => void stdout.push(String(chunk)));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => void output.push(String(chunk)));
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const timer = setTimeout(() => {
    output.push(`\nended after ${timeoutMs / 1000} s`);
    if (pid !== undefined) endGroup(pid);
  }, timeoutMs);
  const end = (code: number | null): void => {
    clearTimeout(timer);
    if (pid !== undefined) running.delete(pid);
    resolve({ code, output: output.join(''), stdout: stdout.join('') });
  };
  child.once('error', () => end(null)).once('close', end);
  return promise;
}

/** @throws Error with what the program wrote when it does not end well */
export async function succeed(command: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const end = await tryProgram(command, args, options);
  if (end.code === 0) return end;
  throw new Error(`${command} ${args.join(' ')}\n${end.output.trim().slice(-4000)}`);
}

/** For the last moment of this process: nothing that it has started survives it. */
export function endPrograms(): void {
  for (const pid of running) endGroup(pid);
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
