import type { DnsAnswer, HttpAnswer, HttpRequest, Outside } from '../../shared/aws/outside.ts';
import { runningInvocation, unlessDead } from '../cloud/running-function.ts';
import type { World } from '../cloud/world.ts';
import type { Struck } from './call-faults.ts';
import type { Site } from './faults.ts';
import type { Chance } from './random.ts';
import type { Shop } from './shop.ts';

export interface NetOptions {
  readonly world: World;
  readonly shop: Shop;
  /** The Region whose functions ask. */
  readonly region: string;
  readonly deaf: ReadonlySet<string>;
  readonly chance: Chance;
  readonly strike: (site: Site) => Promise<Struck>;
}

/** HTTP and DNS as the functions of one Region have them: over the same links as the API calls, with the same faults. */
export function netOf(options: NetOptions): Pick<Outside, 'http' | 'dns'> {
  return {
    http: async (request) => {
      await unlessDead();
      const answer = await ask(request, options);
      await unlessDead();
      return answer;
    },
    dns: async ({ name, timeoutMs, type }) => {
      const { deaf, region, world } = options;
      if (deaf.has(region) || world.network.isLost(region)) return silence(world, timeoutMs);
      await world.host.clock.sleep(world.host.settings.latencyMs);
      const { answers, rcode } = world.route53.answerQuestion({ name, type });
      if (rcode === 'REFUSED') return { answered: false, why: rcode };
      const values = answers.flatMap((record) => record.values);
      return {
        answered: true,
        values: type === 'TXT' ? values.map((value) => value.replace(/^"(.*)"$/, '$1')) : values,
      };
    },
  };
}

async function ask(
  request: HttpRequest,
  { chance, deaf, region, shop, strike, world }: NetOptions,
): Promise<HttpAnswer> {
  const { body = '', method, timeoutMs } = request;
  const url = new URL(request.url);
  const caller = runningInvocation.getStore()?.functionName ?? '';
  const isHit = caller !== '' && caller !== 'probe';
  const struck = isHit
    ? await strike({ caller, service: 'HTTP', command: method, mutating: method !== 'GET' })
    : undefined;
  if (struck instanceof Error) return silence(world, timeoutMs);
  const to = shop.regionAt(url.hostname);
  if (to === undefined || deaf.has(region) || !world.isReachable(region, to)) return silence(world, timeoutMs);
  const { interRegionLatencyMs, latencyMs } = world.host.settings;
  await world.host.clock.sleep(region === to ? latencyMs : interRegionLatencyMs);
  const answer = shop.answer(to, { method, path: url.pathname, body }, chance.next());
  if (answer === undefined || struck === 'lost-answer' || !world.isReachable(region, to))
    return silence(world, timeoutMs);
  return answer;
}

async function silence(world: World, timeoutMs: number): Promise<Extract<DnsAnswer & HttpAnswer, { answered: false }>> {
  await world.host.clock.sleep(timeoutMs);
  return { answered: false, why: `no answer within ${timeoutMs} ms` };
}
