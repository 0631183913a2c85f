import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import { searchString } from '../../shared/kinds/route53-health-check-flip/spec.ts';
import type { World } from '../cloud/world.ts';
import type { LabValues } from './fill-plan.ts';
import { publicName } from './public-name.ts';
import type { Traffic } from './traffics.ts';

const zone = { id: 'Z0SHOPTEST', name: 'shop.test' } as const;
const markName = '_served.shop.test';
const objectKey = 'traffic/orders';
const bucketOf = (place: Place): string => `shop-traffic-${place}`;

/** Where ARC gives each cluster its endpoints. */
const clusterRegions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'] as const;
const panel = 'arn:aws:route53-recovery-control::123456789012:controlpanel/c0';
const controls: Readonly<Record<Place, string>> = {
  primary: `${panel}/routingcontrol/a1`,
  recovery: `${panel}/routingcontrol/a2`,
};

/** Every interval and threshold of a health checker here lasts 1/100, as the alarms do (open-world.ts). */
const checks = { RequestInterval: 10, FailureThreshold: 3 } as const;

/** When every checker has seen a change, at the pace of AWS; s. */
export const checkersSeeAfterSeconds = checks.RequestInterval * (checks.FailureThreshold + 1);

/** The traffic resource of the plan, as its owner would write it; undefined for the one that stands in the file. */
export function plannedTraffic(
  traffic: Traffic,
  lab: Pick<LabValues, 'primaryAddress' | 'recoveryAddress' | 'dnsPort'>,
): object | undefined {
  const watched = {
    id: 'orders-dns',
    markName,
    nameServers: [`127.0.0.1:${lab.dnsPort}`],
    records: [{ name: publicName, type: 'A', primary: [lab.primaryAddress], recovery: [lab.recoveryAddress] }],
  };
  switch (traffic) {
    case 'record':
      return undefined;
    case 'health-check': {
      const [primary, recovery] = places.map((place) => ({ bucket: bucketOf(place), key: objectKey }));
      const kind = 'route53-health-check-flip';
      return { kind, ...watched, primary, recovery, checkersSeeAfterSeconds: checkersSeeAfterSeconds / 100 };
    }
    case 'routing-control': {
      const url = (region: string): string => `https://lab.route53-recovery-cluster.${region}.amazonaws.com/v1`;
      const endpoints = clusterRegions.map((region) => ({ region, url: url(region) }));
      return { kind: 'arc-routing-control', ...watched, endpoints, controls: [controls] };
    }
  }
}

export interface TrafficSeed {
  readonly world: World;
  readonly plan: Plan;
  readonly addressOf: Readonly<Record<Place, string>>;
  readonly ttlSeconds: number;
}

/** DNS as the owner of the application has set it up for the kind in the plan, before Understudy came. */
export function seedTraffic(seed: TrafficSeed): void {
  const kind = seed.plan.resources.find(({ id }) => id === 'orders-dns')?.kind ?? '';
  const records = (seeders[kind] ?? weightedPair)(seed);
  seed.world.route53.seedZone({ ...zone, records });
}

type Seeder = (seed: TrafficSeed) => readonly ResourceRecordSet[];

const weightedPair: Seeder = ({ addressOf, ttlSeconds }) =>
  places.map((place) => ({
    Name: publicName,
    Type: 'A' as const,
    TTL: ttlSeconds,
    SetIdentifier: place,
    Weight: place === 'primary' ? 100 : 0,
    ResourceRecords: [{ Value: addressOf[place] }],
  }));

/** The record of a place is unhealthy while the object in the other place says that it has been activated. */
const claims: Seeder = (seed) => {
  const { plan, world } = seed;
  for (const place of places) world.s3(plan.regions[place]).seedBucket({ name: bucketOf(place), publicRead: true });
  return failoverPairs(seed, (place) => {
    const other: Place = place === 'primary' ? 'recovery' : 'primary';
    return world.route53.seedHealthCheck(`claim-of-${other}`, {
      Type: 'HTTP_STR_MATCH',
      FullyQualifiedDomainName: `${bucketOf(other)}.s3.${plan.regions[other]}.amazonaws.com`,
      ResourcePath: `/${objectKey}`,
      SearchString: searchString,
      Inverted: true,
      ...checks,
    });
  });
};

const routingControls: Seeder = (seed) => {
  const { route53, routingControls: cluster } = seed.world;
  cluster.seedCluster({
    regions: clusterRegions,
    controls: { [controls.primary]: true, [controls.recovery]: false },
    rules: [
      {
        arn: `${panel}/safetyrule/f0`,
        config: { type: 'ATLEAST', threshold: 1 },
        asserts: [controls.primary, controls.recovery],
      },
    ],
  });
  return failoverPairs(seed, (place) =>
    route53.seedHealthCheck(`control-of-${place}`, { Type: 'RECOVERY_CONTROL', RoutingControlArn: controls[place] }),
  );
};

/** The application's name, and the marker that speaks for it, with the same health checks. */
function failoverPairs(
  { addressOf, ttlSeconds }: TrafficSeed,
  checkOf: (place: Place) => string,
): readonly ResourceRecordSet[] {
  return places.flatMap((place) => {
    const HealthCheckId = checkOf(place);
    const Failover = place === 'primary' ? ('PRIMARY' as const) : ('SECONDARY' as const);
    const common = { TTL: ttlSeconds, SetIdentifier: place, Failover, HealthCheckId };
    return [
      { ...common, Name: publicName, Type: 'A' as const, ResourceRecords: [{ Value: addressOf[place] }] },
      { ...common, Name: markName, Type: 'TXT' as const, ResourceRecords: [{ Value: `"${place}"` }] },
    ];
  });
}

const seeders: Readonly<Record<string, Seeder>> = {
  'route53-record': weightedPair,
  'route53-health-check-flip': claims,
  'arc-routing-control': routingControls,
};
