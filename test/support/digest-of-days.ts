import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { scenarioNamed } from '../../lab/simulator/scenarios/registry.ts';
import { simulate } from '../../lab/simulator/simulate.ts';

/** Lives through days in a thread or process of its own, and tells the digest of each history. */
const seeds: readonly number[] = parentPort === null ? process.argv.slice(2).map(Number) : (workerData as number[]);
const digests: Record<number, string> = {};
for (const seed of seeds) {
  const { history } = await simulate({ scenario: scenarioNamed('swarm'), seed });
  digests[seed] = createHash('sha256').update(JSON.stringify(history)).digest('hex');
}
if (parentPort === null) process.stdout.write(JSON.stringify(digests));
else parentPort.postMessage(digests);
