import { setTimeout as sleep } from 'node:timers/promises';
import { findProcess, readProcessTable, treeOf } from './process-table.ts';

const END_TIMEOUT_MS = 5_000;

/**
 * SIGKILL for the roots and every process below them. They are stopped first, so that nobody forks or notices a
 * neighbour's death in between: to an observer the whole tree ends at one moment. Returns the pids of all of them.
 */
export function killTrees(roots: readonly number[]): readonly number[] {
  const members = stopTrees(roots);
  for (const pid of members) signal(pid, 'SIGKILL');
  return members;
}

/** Resolves when none of these processes runs any more. The kernel ends what was killed in its own time. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + END_TIMEOUT_MS;
  while (pids.some((pid) => findProcess(pid)?.alive)) {
    if (performance.now() > deadline)
      throw new Error(`Killed, but not ended within ${END_TIMEOUT_MS} ms: ${pids.join(', ')}.`);
    await sleep(2);
  }
}

/**
 * SIGSTOP for the roots and every process below them, in one burst; then again for whoever was forked meanwhile.
 * Returns all of them.
 */
export function stopTrees(roots: readonly number[]): readonly number[] {
  const stopped = new Set<number>();
  for (;;) {
    const members = treeOf(readProcessTable(), roots);
    const fresh = members.filter((pid) => !stopped.has(pid));
    if (fresh.length === 0) return members;
    for (const pid of fresh) {
      signal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
  }
}

/** SIGCONT for the roots and every process below them. */
export function continueTrees(roots: readonly number[]): void {
  for (const pid of treeOf(readProcessTable(), roots)) signal(pid, 'SIGCONT');
}

/** Sends a signal to one process; false when there is no such process (any more). */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
