import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import * as z from 'zod';
import type { PendingOrder } from './backlog.ts';

const Stored = z.object({
  region: z.string(),
  database: z.string(),
  committedAt: z.number(),
  epoch: z.number().nullable(),
});
type Stored = z.infer<typeof Stored>;

/** How one attempt ended. `failed` may be tried again with the same id; `rejected` would never be accepted. */
export type SendOutcome =
  | { readonly type: 'acknowledged'; readonly isRepeated: boolean; readonly stored: Stored }
  | { readonly type: 'failed'; readonly why: string; readonly isBroken: boolean }
  | { readonly type: 'rejected'; readonly why: string };

export interface SenderOptions {
  /** The DNS name the orders are meant for, as the Host header. */
  readonly name: string;
  /** The port of an address: an A record carries none. Throws for an address it does not know. */
  readonly portFor: (address: string) => number;
  /** For a whole attempt: connecting, sending and the complete answer. */
  readonly timeoutMs: number;
}

export interface Sender {
  /** Never rejects. */
  send(address: string, order: PendingOrder): Promise<SendOutcome>;
  /** Ends all connections, also those with a request under way. */
  close(): void;
}

/** Sends orders over connections kept alive per address. After a broken attempt the idle ones to it are distrusted. */
export function createSender(options: SenderOptions): Sender {
  const agent = new Agent({ keepAlive: true });
  return {
    async send(address, order) {
      try {
        return await post({ address, order, agent, options });
      } catch (cause) {
        dropIdle(agent, address);
        return { type: 'failed', why: reasonOf(cause), isBroken: true };
      }
    },
    close: () => agent.destroy(),
  };
}

interface Attempt {
  readonly address: string;
  readonly order: PendingOrder;
  readonly agent: Agent;
  readonly options: SenderOptions;
}

async function post({ address, order, agent, options: { name, portFor, timeoutMs } }: Attempt): Promise<SendOutcome> {
  const body = JSON.stringify(order);
  const headers = { host: name, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const attempt = request({ host: address, port: portFor(address), method: 'POST', path: '/orders', agent, headers });
  // `once` reports the first error; a later one has no reader, and without a listener it would end the process.
  attempt.on('error', () => {});
  const timer = setTimeout(() => attempt.destroy(new Error('timeout')), timeoutMs);
  try {
    attempt.end(body);
    const [response] = (await once(attempt, 'response')) as [IncomingMessage];
    return outcomeOf(response.statusCode ?? 0, await textOf(response));
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(status: number, text: string): SendOutcome {
  if (status === 200 || status === 201) {
    return { type: 'acknowledged', isRepeated: status === 200, stored: Stored.parse(JSON.parse(text)) };
  }
  const why = `${status} ${text.slice(0, 200)}`;
  const isClientsFault = status >= 400 && status < 500;
  return isClientsFault ? { type: 'rejected', why } : { type: 'failed', why, isBroken: false };
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

function dropIdle(agent: Agent, address: string): void {
  const idle = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  for (const socket of idle) if (socket.remoteAddress === address) socket.destroy();
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
