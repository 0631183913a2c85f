import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { signal } from './signal-trees.ts';

/** What to run, and for which Region. */
export interface ProcessSpec {
  readonly name: string;
  readonly region: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment but PATH: credentials of the person at the keyboard do not reach the lab's processes. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  readonly stdio?: SpawnOptions['stdio'];
  /** How messages cross the IPC channel; `advanced` keeps dates and bytes. Default: JSON. */
  readonly serialization?: SpawnOptions['serialization'];
  /** Asks for an orderly end within the short grace of `close`; SIGTERM unless given. */
  readonly stopSignal?: NodeJS.Signals;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running (or ended) process of the lab. */
export interface LabProcess {
  readonly name: string;
  readonly region: string;
  readonly pid: number;
  /** The working directory it was started in; undefined: the lab's. */
  readonly cwd: string | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** Settles once, when the process has ended; never rejects. */
  readonly exited: Promise<ProcessEnd>;
  hasExited(): boolean;
  /** To this process alone; false when it has ended. */
  kill(name: NodeJS.Signals): boolean;
  /** The Node handle, for its streams and its IPC channel. */
  readonly child: ChildProcess;
}

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches the lab only, and the lab decides.
 * @throws Error when the command cannot be started at all.
 */
export function startProcess(spec: ProcessSpec): LabProcess {
  const child = spawn(spec.command, spec.args, spawnOptions(spec));
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, endedBy) => resolve({ code, signal: endedBy }));
  });
  child.on('error', () => undefined); // A failed start is reported below; later ones concern signals and IPC only.
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(`Cannot start ${spec.name} (${spec.command}): no such command, or not allowed.`);

  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name: spec.name,
    region: spec.region,
    pid,
    cwd: spec.cwd,
    stopSignal: spec.stopSignal ?? 'SIGTERM',
    exited,
    hasExited,
    kill: (name) => !hasExited() && signal(pid, name),
    child,
  };
}

function spawnOptions(spec: ProcessSpec): SpawnOptions {
  return {
    detached: true,
    stdio: spec.stdio ?? 'ignore',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...spec.env },
    ...(spec.serialization === undefined ? {} : { serialization: spec.serialization }),
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...(spec.uid === undefined ? {} : { uid: spec.uid }),
    ...(spec.gid === undefined ? {} : { gid: spec.gid }),
  };
}
