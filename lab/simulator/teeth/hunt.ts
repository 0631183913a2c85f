import { Worker } from 'node:worker_threads';
import type { PlantedBug } from './bugs.ts';
import type { TeethResult, TeethTask } from './worker.ts';

export interface Hunt {
  readonly bugs: readonly PlantedBug[];
  readonly daysMax: number;
  readonly workers: number;
  readonly onResult: (result: TeethResult) => void;
}

/** Each bug in a thread of its own, because only a fresh thread loads the source anew. */
export async function hunt({ bugs, daysMax, onResult, workers }: Hunt): Promise<readonly TeethResult[]> {
  const left = [...bugs];
  const results: TeethResult[] = [];
  const next = async (): Promise<void> => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const result = await huntOne({ bug: bug.name, daysMax, seed: 0 });
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: workers }, next));
  return results;
}

function huntOne(task: TeethTask): Promise<TeethResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread of ${task.bug} ended with ${code} before its result`)));
  });
}
