import { setTimeout as sleep } from 'node:timers/promises';
import type { Substrate } from '../cloud/substrate.ts';
import type { LabRegion } from './region.ts';

/** The processes behind the simulated control plane: promotion promotes PostgreSQL, scaling starts processes. */
export function processSubstrate(regions: readonly LabRegion[]): Substrate {
  const regionOf = (name: string): LabRegion => {
    const found = regions.find((region) => region.name === name);
    if (found === undefined) throw new Error(`the lab has no Region ${name}`);
    return found;
  };
  return {
    promoteDatabase: ({ region }) => regionOf(region).promote(),
    setTaskCount: ({ region }, count) => regionOf(region).pool.setDesired(count),
    runningTasks: ({ region }) => regionOf(region).pool.running(),
    probe: async () => {
      await sleep(0);
      throw new Error('the lab plan has no Route 53 health checks');
    },
  };
}
