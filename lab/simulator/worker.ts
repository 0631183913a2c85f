import { parentPort, workerData } from 'node:worker_threads';
import { scenarioNamed } from './scenarios/registry.ts';
import { resultOf } from './simulate.ts';

/** What a worker is given: every `step`-th seed from `from` on. */
export interface WorkerTask {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const { from, scenario: name, step, to } = workerData as WorkerTask;
const scenario = scenarioNamed(name);
for (let seed = from; seed < to; seed += step) parentPort?.postMessage(await resultOf({ scenario, seed }));
