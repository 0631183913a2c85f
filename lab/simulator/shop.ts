import type { HttpAnswer } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { addresses } from '../gameday/orders-address.ts';
import { json, openGate } from './order-gate.ts';
import { answerQuery, queryPath } from './query-endpoint.ts';
import { type Replication, replication } from './replication.ts';

/** A write that is in a database. Times are true ones, whatever the clocks of the Regions say. */
export interface Commit {
  readonly id: string;
  readonly region: string;
  /** Of the grant under which it was committed; 0 where the plan has no lease. */
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

interface Placed {
  readonly status: number;
  readonly answer: object;
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
  /** Whether the order service of a Region takes an order: answer() to its POST, without the words. */
  takesOrder(region: string, id: string, dice: number): boolean;
  /** What the order service of a Region answers; undefined when nothing of it answers. */
  answer(region: string, request: ShopRequest, dice: number): HttpAnswer | undefined;
}

/** Answers as lab/gameday/orders does, with the same gate, if the plan has one: a commit needs a grant of its own Region that still runs. */
export function openShop(options: ShopOptions): Shop {
  const { plan, skewMs, substrate, world } = options;
  const errorShare = new Map<string, number>();
  const copies = replication(options);
  const { commits, keep, find } = openBook(copies);
  const placeOf = (region: string): Place => places.find((place) => plan.regions[place] === region) ?? 'primary';
  const roleIn = (region: string) => substrate.databaseRole({ region, instance: instances[placeOf(region)] });
  const isWriter = (region: string): boolean => roleIn(region) === 'writer';
  const gate = openGate((region) => world.host.clock.nowMs() + skewMs(region), plan.policy.lease !== undefined);

  /** The newest write that the database has, by the clock of whoever wrote it. */
  const heartbeatOf = (region: string) => {
    const from = isWriter(region) ? region : plan.regions[placeOf(region) === 'primary' ? 'recovery' : 'primary'];
    const at = from === region ? newestIn(commits, region) : copies.newestArrivedAt();
    return at === undefined ? {} : { heartbeatAt: at + skewMs(from) };
  };
  const place = (region: string, id: string): Placed => {
    const epoch = gate.epochIn(region);
    if (epoch === undefined) return { status: 503, answer: { reason: 'no-lease' } };
    const before = find(region, id);
    if (before !== undefined) return { status: 200, answer: before };
    const commit = { id, region, epoch, at: world.host.clock.nowMs() };
    keep(commit);
    return { status: 201, answer: commit };
  };
  const serves = (region: string): boolean => isServing(region, options);
  const query = (region: string, path: string): HttpAnswer | undefined => {
    const writable = isWriter(region) && gate.epochIn(region) !== undefined;
    if (world.network.isLost(region)) return undefined;
    return answerQuery(path, { copies, region, role: roleIn(region), writable });
  };
  const reply = (region: string, { body, method, path }: ShopRequest): HttpAnswer => {
    if (path === '/health') return json(200, { region, writable: isWriter(region), ...heartbeatOf(region) });
    if (method !== 'GET' && method !== 'DELETE' && !isWriter(region)) return json(503, { reason: 'read-only' });
    if (path === '/lease') return method === 'PUT' ? gate.take(region, body) : gate.end(region, body);
    if (method === 'POST') return toAnswer(place(region, (JSON.parse(body) as Pick<Commit, 'id'>).id));
    const found = find(region, path.split('/').at(-1) ?? '');
    return found === undefined ? json(404, { reason: 'no-such-order' }) : json(200, found);
  };
  return {
    commits,
    errorShare,
    replication: copies,
    regionAt: (host) => regionAt(host, options),
    takesOrder: (region, id, dice) =>
      serves(region) && dice >= (errorShare.get(region) ?? 0) && isWriter(region) && place(region, id).status < 300,
    answer: (region, request, dice) => {
      if (request.path.startsWith(queryPath)) return query(region, request.path);
      if (!serves(region)) return undefined;
      return dice < (errorShare.get(region) ?? 0) ? json(500, { reason: 'bug' }) : reply(region, request);
    },
  };
}

const isServing = (region: string, { substrate, world }: ShopOptions): boolean =>
  !world.network.isLost(region) && substrate.runningTasks({ region, cluster: 'shop', service: 'orders' }) > 0;

const toAnswer = ({ answer, status }: Placed): HttpAnswer => json(status, answer);

const newestIn = (commits: readonly Commit[], region: string) =>
  commits.findLast((commit) => commit.region === region)?.at;

/** All commits of both databases, and which of them a Region has. */
function openBook(copies: Replication) {
  const commits: Commit[] = [];
  const byId = new Map<string, Commit[]>();
  return {
    commits: commits as readonly Commit[],
    keep: (commit: Commit): void => {
      commits.push(commit);
      byId.set(commit.id, [...(byId.get(commit.id) ?? []), commit]);
      copies.take(commit);
    },
    find: (region: string, id: string): Commit | undefined =>
      byId.get(id)?.find((commit) => copies.has(region, commit)),
  };
}

function regionAt(host: string, { plan, world }: ShopOptions): string | undefined {
  const address = /^[\d.]+$/.test(host) ? host : addressOf(host, world);
  const found = places.find((one) => addresses[one] === address);
  return found === undefined ? undefined : plan.regions[found];
}

const addressOf = (name: string, { route53 }: World): string | undefined =>
  route53.answerQuestion({ name, type: 'A' }).answers[0]?.values[0];
