import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import type { Shop } from './shop.ts';

const everyMs = 60_000;
const minutesBefore = 6;

export interface LagOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly shop: Shop;
  readonly substrate: ModelledSubstrate;
}

/**
 * RDS publishes the lag of a standby once a minute, in the standby's Region: of a database that replicates nothing, none.
 * @returns what was published, as it grows
 */
export function publishLag({ plan, shop, substrate, world }: LagOptions): readonly LagSample[] {
  const { clock, stopping } = world.host;
  const samples: LagSample[] = [];
  const put = (place: Place, { at, lagSeconds }: Pick<LagSample, 'at' | 'lagSeconds'>): void => {
    const region = plan.regions[place];
    samples.push({ at, lagSeconds, region });
    world.cloudWatch(region).operations.PutMetricData({
      Namespace: 'AWS/RDS',
      MetricData: [
        {
          MetricName: 'ReplicaLag',
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instances[place] }],
          Timestamp: new Date(at),
          Value: lagSeconds,
        },
      ],
    });
  };
  const publishes = (place: Place): boolean => {
    const [region, instance] = [plan.regions[place], instances[place]];
    return !world.network.isLost(region) && substrate.databaseRole({ region, instance }) === 'standby';
  };
  for (let minute = minutesBefore; minute > 0; minute--) {
    put('recovery', { at: clock.nowMs() - minute * everyMs, lagSeconds: 0.1 });
  }
  world.host.background(async () => {
    while (!stopping.aborted) {
      for (const place of places.filter(publishes)) {
        put(place, { at: clock.nowMs(), lagSeconds: shop.replication.lagSeconds() });
      }
      await clock.sleep(everyMs, stopping);
    }
  });
  return samples;
}
