import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, places } from '../../shared/domain/run.ts';
import type { World } from '../cloud/world.ts';
import { publicName } from '../gameday/public-name.ts';
import { usersMetric } from '../gameday/users-telemetry.ts';
import type { Chance } from './random.ts';
import type { Shop } from './shop.ts';

/** What a client was told when it asked for the public name. */
export interface NameAnswer {
  readonly at: Instant;
  readonly addresses: readonly string[];
}

export interface Acknowledgement {
  readonly id: string;
  readonly region: string;
  readonly at: Instant;
}

export interface Clients {
  readonly answers: readonly NameAnswer[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** When the last order through the public name was acknowledged; 0: none was yet. */
  lastServedAt(): Instant;
}

export interface ClientsOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly shop: Shop;
  readonly chance: Chance;
}

const orderEveryMs = 3_000;
/** Close enough to notice a Region that could write for a moment in which it must not. */
const stubbornEveryMs = 1_000;
const ttlMs = 10_000;
const telemetryEveryMs = 10_000;

/**
 * People of the internet, whom no partition between Regions touches: one orders through the public name and keeps an answer
 * for its TTL; two others know the address of one Region each, and order there whatever DNS says.
 */
export function openClients({ chance, plan, shop, world }: ClientsOptions): Clients {
  const { clock, stopping } = world.host;
  const answers: NameAnswer[] = [];
  const acknowledgements: Acknowledgement[] = [];
  let lastServedAt = 0;
  let orders = 0;

  const order = (region: string | undefined): boolean => {
    if (region === undefined) return false;
    const id = `order-${++orders}`;
    if (!shop.takesOrder(region, id, chance.next())) return false;
    acknowledgements.push({ id, region, at: clock.nowMs() });
    return true;
  };
  const everyMs = async (ms: number, act: () => void): Promise<void> => {
    while (!stopping.aborted) {
      act();
      await clock.sleep(ms, stopping);
    }
  };
  const ask = (): string | undefined => {
    const { answers: records } = world.route53.answerQuestion({ name: publicName, type: 'A' });
    const addresses = records.flatMap(({ values }) => values);
    answers.push({ at: clock.nowMs(), addresses });
    return addresses[0];
  };
  let known: { readonly address: string | undefined; readonly until: Instant } = { address: undefined, until: 0 };
  const orderByName = (): boolean => {
    if (clock.nowMs() >= known.until) known = { address: ask(), until: clock.nowMs() + ttlMs };
    const isServed = order(shop.regionAt(known.address ?? ''));
    if (isServed) lastServedAt = clock.nowMs();
    return isServed;
  };
  const told = { taken: 0, failed: 0 };
  world.host.background(() => everyMs(orderEveryMs, () => void (orderByName() ? told.taken++ : told.failed++)));
  world.host.background(() => everyMs(telemetryEveryMs, () => tell(world, plan, told)));
  for (const place of places) {
    world.host.background(() => everyMs(stubbornEveryMs, () => void order(plan.regions[place])));
  }
  return { answers, acknowledgements, lastServedAt: () => lastServedAt };
}

/** What real-user monitoring reports to the witness Region; lab/gameday/users-telemetry.ts does the same in real time. */
function tell(world: World, { regions }: Plan, told: { taken: number; failed: number }): void {
  const [Values, Counts] = [
    [0, 1].filter((value) => (value === 0 ? told.taken : told.failed) > 0),
    [told.taken, told.failed].filter((count) => count > 0),
  ];
  Object.assign(told, { taken: 0, failed: 0 });
  if (Values.length === 0 || world.network.isLost(regions.witness)) return;
  const datum = { MetricName: usersMetric.name, Values, Counts, StorageResolution: 1 };
  world.cloudWatch(regions.witness).operations.PutMetricData({ Namespace: usersMetric.namespace, MetricData: [datum] });
}
