import { Worker } from 'node:worker_threads';
import type { DayResult } from './simulate.ts';
import type { WorkerTask } from './worker.ts';

export interface SimulateMany {
  readonly scenario: string;
  readonly runs: number;
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly workers: number;
  readonly onResult: (result: DayResult) => void;
  /** Ends everything early. */
  readonly signal: AbortSignal;
}

/** Shares the seeds out among threads, each with a world of its own. Resolves when all are done, or the signal says so. */
export async function simulateMany({ onResult, runs, scenario, seed, signal, workers }: SimulateMany): Promise<void> {
  const tasks = Array.from({ length: Math.min(workers, runs) }, (_, index): WorkerTask => {
    return { scenario, from: seed + index, to: seed + runs, step: Math.min(workers, runs) };
  });
  await Promise.all(tasks.map((task) => runWorker(task, onResult, signal)));
}

/** A day leaves much and keeps little: with some room for the young, little of it is copied; and two threads stay below 1 GB. */
const resourceLimits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 256 };

function runWorker(task: WorkerTask, onResult: (result: DayResult) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task, resourceLimits });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (result: DayResult) => {
      if (!signal.aborted) onResult(result);
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
