import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { World } from '../cloud/world.ts';
import { instances } from './data.ts';
import type { LabRegion } from './region.ts';
import { seedTraffic } from './traffic.ts';

/** How many order services each place runs: full strength in charge, one at rest (warm standby). */
export const tasksAt: Readonly<Record<Place, number>> = { primary: 2, recovery: 1 };

/** As plans/lab.plan.yml names them. */
const securityGroups: Readonly<Record<Place, string>> = {
  primary: 'sg-00000000000000001',
  recovery: 'sg-00000000000000002',
};

/** Who may connect to a database: the order services, and whoever looks after it. */
const postgres = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
const inbound = [
  { ...postgres, ReferencedGroupInfo: { GroupId: 'sg-0000000000000000a' }, Description: 'order services' },
  { ...postgres, CidrIpv4: '10.0.9.0/24', Description: 'bastion' },
];

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
    const door = { id: securityGroups[place], name: instances[place], inbound };
    world.ec2(plan.regions[place]).seedSecurityGroup(door);
    const ecs = world.ecs(plan.regions[place]);
    ecs.seedCluster({ name: 'shop' });
    ecs.seedService({ cluster: 'shop', name: 'orders', desiredCount: tasksAt[place] });
  }
  const addressOf = { primary: regions.primary.address, recovery: regions.recovery.address };
  seedTraffic({ world, plan, addressOf, ttlSeconds });
}
