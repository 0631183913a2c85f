import type { HttpAnswer } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { addresses } from '../gameday/orders-address.ts';
import { json, openGate } from './order-gate.ts';
import { type Replication, replication } from './replication.ts';

/** A write that is in a database. Times are true ones, whatever the clocks of the Regions say. */
export interface Commit {
  readonly id: string;
  readonly region: string;
  /** Of the grant under which it was committed. */
  readonly epoch: number;
  readonly at: Instant;
}

export interface ShopOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  /** How far the clocks of a Region are ahead; ms. */
  readonly skewMs: (region: string) => number;
  readonly lagMs: () => number;
}

export interface ShopRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** The shop of both Regions as plain state: databases, the gate at their commit, replication, order services. */
export interface Shop {
  /** Every commit of both Regions, oldest first. */
  readonly commits: readonly Commit[];
  readonly replication: Replication;
  /** Which share of its answers is 500, by Region; 0 to 1. */
  readonly errorShare: Map<string, number>;
  /** The Region that serves at an address or a public name; undefined when nobody does. */
  regionAt(host: string): string | undefined;
  /** What the order service of a Region answers; undefined when nothing of it answers. */
  answer(region: string, request: ShopRequest, dice: number): HttpAnswer | undefined;
}

/** Answers as lab/gameday/orders does, with the same gate: a commit needs a grant of its own Region that still runs. */
export function openShop(options: ShopOptions): Shop {
  const { plan, skewMs, substrate, world } = options;
  const commits: Commit[] = [];
  const errorShare = new Map<string, number>();
  const copies = replication(options);
  const placeOf = (region: string): Place => places.find((place) => plan.regions[place] === region) ?? 'primary';
  const isWriter = (region: string): boolean =>
    substrate.databaseRole({ region, instance: instances[placeOf(region)] }) === 'writer';
  const gate = openGate((region) => world.host.clock.nowMs() + skewMs(region));
  const find = (region: string, id: string): Commit | undefined =>
    commits.find((commit) => commit.id === id && copies.has(region, commit));

  /** The newest write that the database has, by the clock of whoever wrote it. */
  const heartbeatOf = (region: string) => {
    const own = commits.findLast((commit) => commit.region === region);
    const from = plan.regions[placeOf(region) === 'primary' ? 'recovery' : 'primary'];
    const at = isWriter(region) ? own?.at : copies.newestArrivedAt();
    return at === undefined ? {} : { heartbeatAt: at + skewMs(isWriter(region) ? region : from) };
  };
  const place = (region: string, body: string): HttpAnswer => {
    const { id } = JSON.parse(body) as { readonly id: string };
    const epoch = gate.epochIn(region);
    if (epoch === undefined) return json(503, { reason: 'no-lease' });
    const before = find(region, id);
    if (before !== undefined) return json(200, before);
    const commit = { id, region, epoch, at: world.host.clock.nowMs() };
    commits.push(commit);
    copies.take(commit);
    return json(201, commit);
  };
  const reply = (region: string, { body, method, path }: ShopRequest): HttpAnswer => {
    if (path === '/health') return json(200, { region, writable: isWriter(region), ...heartbeatOf(region) });
    if (method !== 'GET' && method !== 'DELETE' && !isWriter(region)) return json(503, { reason: 'read-only' });
    if (path === '/lease') return method === 'PUT' ? gate.take(region, body) : gate.end(region, body);
    if (method === 'POST') return place(region, body);
    const found = find(region, path.split('/').at(-1) ?? '');
    return found === undefined ? json(404, { reason: 'no-such-order' }) : json(200, found);
  };
  return {
    commits,
    errorShare,
    replication: copies,
    regionAt: (host) => regionAt(host, options),
    answer: (region, request, dice) => {
      const tasks = substrate.runningTasks({ region, cluster: 'shop', service: 'orders' });
      if (world.network.isLost(region) || tasks === 0) return undefined;
      return dice < (errorShare.get(region) ?? 0) ? json(500, { reason: 'bug' }) : reply(region, request);
    },
  };
}

function regionAt(host: string, { plan, world }: ShopOptions): string | undefined {
  const address = /^[\d.]+$/.test(host) ? host : addressOf(host, world);
  const found = places.find((one) => addresses[one] === address);
  return found === undefined ? undefined : plan.regions[found];
}

const addressOf = (name: string, { route53 }: World): string | undefined =>
  route53.answerQuestion({ name, type: 'A' }).answers[0]?.values[0];
