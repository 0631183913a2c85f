import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { World } from '../cloud/world.ts';
import { instances } from './data.ts';
import type { LabRegion } from './region.ts';
import { publicName } from './site.ts';

/** How many order services each place runs: full strength in charge, one at rest (warm standby). */
export const tasksAt: Readonly<Record<Place, number>> = { primary: 2, recovery: 1 };

const zone = { id: 'Z0SHOPTEST', name: 'shop.test' } as const;

export interface Application {
  readonly world: World;
  readonly plan: Plan;
  readonly regions: Readonly<Record<Place, Pick<LabRegion, 'address'>>>;
  readonly ttlSeconds: number;
}

/** The application as its owner has built it in AWS before Understudy came: databases, services and DNS. */
export function seedApplication({ plan, regions, ttlSeconds, world }: Application): void {
  const { primary, recovery } = plan.regions;
  world.rds(primary).seedInstance({ DBInstanceIdentifier: instances.primary });
  world.rds(recovery).seedInstance({
    DBInstanceIdentifier: instances.recovery,
    ReadReplicaSourceDBInstanceIdentifier: `arn:aws:rds:${primary}:${world.host.account}:db:${instances.primary}`,
  });
  for (const place of places) {
    const ecs = world.ecs(plan.regions[place]);
    ecs.seedCluster({ name: 'shop' });
    ecs.seedService({ cluster: 'shop', name: 'orders', desiredCount: tasksAt[place] });
  }
  const record = (place: Place) => ({
    Name: publicName,
    Type: 'A' as const,
    TTL: ttlSeconds,
    SetIdentifier: place,
    Weight: place === 'primary' ? 100 : 0,
    ResourceRecords: [{ Value: regions[place].address }],
  });
  world.route53.seedZone({ ...zone, records: places.map(record) });
}
