import type { IncomingMessage } from 'node:http';

/**
 * What an order service does wrong when the lab wants it to. `gray`: of ten requests, whatever they ask for, two are reset
 * and two more are carried out and never answered. `bad-deploy`: orders and health checks are answered 500; everything else
 * works. `no-heartbeat`: the health check does not tell how old the newest write is.
 */
export type Misbehaviour = (typeof misbehaviours)[number];
const misbehaviours = ['gray', 'bad-deploy', 'no-heartbeat'] as const;

const shares = { reset: 0.2, silence: 0.2 } as const;

export const readMisbehaviour = (value: string | undefined): Misbehaviour | undefined =>
  misbehaviours.find((one) => one === value);

/** How this request is mistreated; undefined: not at all. */
export function wrongOf(
  misbehaviour: Misbehaviour | undefined,
  { method, url }: Pick<IncomingMessage, 'method' | 'url'>,
): 'reset' | 'silence' | 'error' | undefined {
  if (misbehaviour === 'bad-deploy') return isDeployed(method, url) ? 'error' : undefined;
  if (misbehaviour !== 'gray') return undefined;
  const chance = Math.random();
  if (chance < shares.reset) return 'reset';
  return chance < shares.reset + shares.silence ? 'silence' : undefined;
}

const isDeployed = (method: string | undefined, url: string | undefined): boolean =>
  (method === 'POST' && url === '/orders') || (method === 'GET' && url === '/health');
