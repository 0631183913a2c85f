import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LabProcess, type ProcessSpec, startProcess } from './lab-process.ts';
import { appendToLedger, markOf, readLedger } from './ledger.ts';
import { findProcess, isRunning, readProcessTable, treeOf } from './process-table.ts';
import { releaseSharedMemory } from './shared-memory.ts';
import { continueTrees, killTrees, stopTrees, untilEnded } from './signal-trees.ts';
import { sweepAbandoned } from './sweep.ts';

export const WORKPLACE_PREFIX = 'understudy-lab-';

/** How long `close` waits for an orderly end before it kills. */
const GRACE_MS = 250;

/** One temporary directory and all the processes of one lab. Whatever happens, nothing of either outlives the lab for long. */
export interface Workplace {
  readonly directory: string;
  /** Makes (or finds) a subdirectory and returns its path. */
  dir(name: string): string;
  spawn(spec: ProcessSpec): LabProcess;
  /** The processes that have not ended. */
  processes(): readonly LabProcess[];
  /**
   * SIGKILL, at one moment, to every process of the Region and all their descendants. The killing is done before the
   * call returns (some 10 ms), so that a wire may be cut in the same tick; the promise resolves when all have ended.
   */
  killRegion(region: string): Promise<void>;
  /** SIGSTOP: the Region's processes keep their connections and answer nothing. */
  freezeRegion(region: string): void;
  thawRegion(region: string): void;
  /** Notes a System V segment, which outlives a killed process, for `close` or a later lab to remove. */
  noteSharedMemory(segment: { readonly id: number; readonly creatorPid: number }): void;
  /** Ends every process and removes the directory. A second call does nothing. */
  close(): Promise<void>;
  /** The same without grace and without waiting, for the last moment of a process. */
  closeNow(): void;
}

/** Clears away what killed labs have left, then opens a workplace for this one. */
export async function openWorkplace(): Promise<Workplace> {
  await sweepAbandoned();
  return workplaceIn(makeDirectory());
}

function makeDirectory(): string {
  const directory = join(tmpdir(), `${WORKPLACE_PREFIX}${process.pid}-${randomBytes(6).toString('hex')}`);
  mkdirSync(directory, { mode: 0o700 });
  const pidNamespace = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : 'only';
  appendToLedger(directory, { entry: 'owner', ...markOf(process.pid), pidNamespace });
  // PostgreSQL refuses to run as root; the user it runs as then must be able to pass through to its own directory.
  if (process.getuid?.() === 0) chmodSync(directory, 0o711);
  return directory;
}

function workplaceIn(directory: string): Workplace {
  const processes: LabProcess[] = [];
  const running = () => processes.filter((one) => !one.hasExited());
  const pidsOf = (region: string) => pids(running().filter((one) => one.region === region));
  let closed: Promise<void> | undefined;

  return {
    directory,
    dir: (name) => makeSubdirectory(directory, name),
    processes: running,
    spawn: (spec) => {
      if (closed !== undefined) throw new Error(`The workplace is closed: ${spec.name} was not started.`);
      const started = startProcess(spec);
      appendToLedger(directory, { entry: 'child', ...markOf(started.pid), name: spec.name, region: spec.region });
      processes.push(started);
      return started;
    },
    killRegion: async (region) => {
      const ending = running().filter((one) => one.region === region);
      await untilEnded(killTrees(pids(ending)));
      await Promise.all(ending.map((one) => one.exited));
    },
    freezeRegion: (region) => void stopTrees(pidsOf(region)),
    thawRegion: (region) => continueTrees(pidsOf(region)),
    noteSharedMemory: (segment) => appendToLedger(directory, { entry: 'shared-memory', ...segment }),
    close: () => {
      closed ??= endAll(running()).then(() => clearAway(directory));
      return closed;
    },
    closeNow: () => {
      closed ??= Promise.resolve();
      killTrees(pids(running()));
      clearAway(directory);
    },
  };
}

function makeSubdirectory(directory: string, name: string): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Whoever was there at the beginning is gone at the end, also the children of a process that ends without them. */
async function endAll(processes: readonly LabProcess[]): Promise<void> {
  const table = readProcessTable();
  const family = treeOf(table, pids(processes)).flatMap((pid) => table.get(pid) ?? []);
  const ended = Promise.all(processes.map((one) => one.exited));
  for (const one of processes) one.kill(one.stopSignal);
  await Promise.race([ended, sleep(GRACE_MS)]);
  const survivors = family.filter((member) => isRunning(member, findProcess(member.pid)));
  await untilEnded(killTrees(survivors.map((member) => member.pid)));
  await ended;
}

function clearAway(directory: string): void {
  releaseSharedMemory(readLedger(directory));
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

function pids(processes: readonly LabProcess[]): readonly number[] {
  return processes.map((one) => one.pid);
}
