import type { HttpAnswer, HttpRequest, Outside } from '../../shared/aws/outside.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';

export interface OrdersModelOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  /** Where each place's order service listens, as DNS records and the plan name it. */
  readonly addresses: Readonly<Record<Place, string>>;
  /** The database instance behind each place's order service. */
  readonly instances: Readonly<Record<Place, string>>;
}

/** A write that reached the application. */
export interface OrderWrite {
  readonly id: string;
  readonly region: string;
}

/** The order service of both Regions, as seen by HTTP and DNS: no process and no port. */
export interface OrdersModel extends Pick<Outside, 'http' | 'dns'> {
  /** Every order that was accepted, oldest first. */
  readonly writes: readonly OrderWrite[];
  /** Every request by HTTP, answered or not, oldest first. */
  readonly requests: readonly HttpRequest[];
}

/**
 * Answers as lab/gameday/orders does: it serves while a task runs, writes only where the database is the writer, and
 * every Region reads what the writer has.
 */
export function ordersModel(options: OrdersModelOptions): OrdersModel {
  const writes: OrderWrite[] = [];
  const requests: HttpRequest[] = [];
  return {
    writes,
    requests,
    http: async (request) => {
      requests.push(request);
      const url = new URL(request.url);
      const region = regionAt(url.hostname, options);
      if (region === undefined || !serves(region, options)) return { answered: false, why: 'connection refused' };
      if (request.method === 'GET') return read(url.pathname, region, writes);
      return write(request, region, { ...options, writes });
    },
    dns: async ({ name, type }) => {
      const { answers, rcode } = options.world.route53.answerQuestion({ name, type });
      if (rcode === 'REFUSED') return { answered: false, why: rcode };
      const values = answers.flatMap((record) => record.values);
      return { answered: true, values: type === 'TXT' ? values.map(unquoted) : values };
    },
  };
}

const unquoted = (value: string): string => value.replace(/^"(.*)"$/, '$1');

function regionAt(host: string, { addresses, plan, world }: OrdersModelOptions): string | undefined {
  const address = /^[\d.]+$/.test(host) ? host : addressOf(host, world);
  const place = places.find((one) => addresses[one] === address);
  return place === undefined ? undefined : plan.regions[place];
}

const addressOf = (name: string, { route53 }: World): string | undefined =>
  route53.answerQuestion({ name, type: 'A' }).answers[0]?.values[0];

function serves(region: string, { substrate, world }: OrdersModelOptions): boolean {
  if (world.network.isLost(region)) return false;
  return substrate.runningTasks({ region, cluster: 'shop', service: 'orders' }) > 0;
}

function read(path: string, region: string, writes: readonly OrderWrite[]): HttpAnswer {
  if (path === '/health') return { answered: true, status: 200, body: '{}' };
  const id = path.split('/').at(-1) ?? '';
  const found = writes.find((one) => one.id === id);
  if (found === undefined) return { answered: true, status: 404, body: '{}' };
  return { answered: true, status: 200, body: JSON.stringify({ id, region }) };
}

interface WriteOptions extends OrdersModelOptions {
  readonly writes: OrderWrite[];
}

function write(
  { body }: HttpRequest,
  region: string,
  { instances, plan, substrate, writes }: WriteOptions,
): HttpAnswer {
  const place = places.find((one) => plan.regions[one] === region) ?? 'primary';
  const role = substrate.databaseRole({ region, instance: instances[place] });
  if (role !== 'writer') return { answered: true, status: 503, body: 'the database does not accept writes' };
  const { id } = JSON.parse(body ?? '{}') as { readonly id: string };
  if (writes.some((one) => one.id === id)) return { answered: true, status: 409, body: '{}' };
  writes.push({ id, region });
  return { answered: true, status: 201, body: JSON.stringify({ id, region }) };
}
