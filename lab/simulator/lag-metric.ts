import type { Plan } from '../../shared/domain/plan.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import type { Shop } from './shop.ts';

const everyMs = 60_000;
const minutesBefore = 6;

/**
 * RDS publishes the lag of a standby once a minute, in the standby's Region: at first that of the recovery Region.
 * @returns what was published of that one, as it grows
 */
export function publishLag({ plan, shop, world }: { world: World; plan: Plan; shop: Shop }): readonly LagSample[] {
  const { clock, stopping } = world.host;
  const region = plan.regions.recovery;
  const samples: LagSample[] = [];
  const put = (at: number, lagSeconds: number): void => {
    samples.push({ at, lagSeconds });
    world.cloudWatch(region).operations.PutMetricData({
      Namespace: 'AWS/RDS',
      MetricData: [
        {
          MetricName: 'ReplicaLag',
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instances.recovery }],
          Timestamp: new Date(at),
          Value: lagSeconds,
        },
      ],
    });
  };
  for (let minute = minutesBefore; minute > 0; minute--) put(clock.nowMs() - minute * everyMs, 0.1);
  world.host.background(async () => {
    while (!stopping.aborted) {
      if (!world.network.isLost(region)) put(clock.nowMs(), shop.replication.lagSeconds());
      await clock.sleep(everyMs, stopping);
    }
  });
  return samples;
}
