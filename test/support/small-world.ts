import { ModelledSubstrate } from '../../lab/cloud/modelled-substrate.ts';
import { cloudPlugin } from '../../lab/cloud/wire.ts';
import { World } from '../../lab/cloud/world.ts';
import { clientMaker } from '../../shared/aws/client.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import { primary, recovery, witnessRegion } from './sample-run.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export const tableName = 'understudy';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const silent = async () => ({ answered: false, why: 'there is no network here' }) as const;

export interface SmallWorld {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly substrate: ModelledSubstrate;
  /** Real SDK clients over the simulated cloud, as code that runs in this Region would have them. */
  outsideIn(region: string, options?: { readonly maxAttempts?: number }): Outside;
  /** Another process each time: nothing is remembered between two of them. */
  coordinationIn(region: string, options?: { readonly maxAttempts?: number }): Coordination;
}

/** The simulated AWS with an empty coordination table in its three Regions, in virtual time and without latency. */
export function smallWorld(clock: VirtualClock = virtualClock()): SmallWorld {
  const random = (): number => 0;
  const substrate = new ModelledSubstrate({ clock, random, taskStartMs: 0 });
  const settings = { latencyMs: 0, interRegionLatencyMs: 0, propagationMs: 0 };
  const world = new World({ clock, random, substrate, settings });
  const replicas = [primary.region, recovery.region];
  world.dynamoDb.seedTable({ name: tableName, partitionKey: 'pk', sortKey: 'sk', replicas, witness: witnessRegion });

  const outsideIn: SmallWorld['outsideIn'] = (callerRegion, { maxAttempts = 1 } = {}) => ({
    client: clientMaker({
      callTimeoutMs: 1000,
      maxAttempts,
      credentials,
      plugin: (endpointRegion) => cloudPlugin(world, { callerRegion, endpointRegion, timeoutMs: 1000 }),
    }),
    http: silent,
    dns: silent,
  });
  return {
    world,
    clock,
    substrate,
    outsideIn,
    coordinationIn: (region, options) => openCoordination(outsideIn(region, options), clock, { region, tableName }),
  };
}
