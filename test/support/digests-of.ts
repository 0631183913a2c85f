import { createHash } from 'node:crypto';
import { scenarioNamed } from '../../lab/simulator/scenarios/registry.ts';
import { simulate } from '../../lab/simulator/simulate.ts';

/** SHA-256 of everything that is known of these days, by seed, byte for byte. */
export async function digestsOf(seeds: readonly number[]): Promise<Readonly<Record<number, string>>> {
  const digests: Record<number, string> = {};
  for (const seed of seeds) {
    const { history } = await simulate({ scenario: scenarioNamed('swarm'), seed });
    digests[seed] = createHash('sha256').update(JSON.stringify(history)).digest('hex');
  }
  return digests;
}
