import { parentPort, workerData } from 'node:worker_threads';
import { digestsOf } from './digests-of.ts';

/** Lives through days in a thread or process of its own, and tells what came of them. */
const seeds: readonly number[] = parentPort === null ? process.argv.slice(2).map(Number) : (workerData as number[]);
const digests = await digestsOf(seeds);
if (parentPort === null) process.stdout.write(JSON.stringify(digests));
else parentPort.postMessage(digests);
