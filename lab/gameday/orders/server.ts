import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Comparison } from './comparison.ts';
import type { OrderDatabase } from './database.ts';
import type { WriteGate } from './gate.ts';
import { parseGrant } from './grant.ts';
import { type Misbehaviour, wrongOf } from './misbehaviour.ts';
import { isOrderId, parseOrder } from './order.ts';
import { DatabaseTrouble } from './trouble.ts';

const BODY_BYTES_MAX = 16_384;
/** Longer than any pause of the load client, so that the client and not the service ends an idle connection. */
const KEEP_ALIVE_MS = 60_000;

interface Reply {
  readonly status: 200 | 201 | 400 | 404 | 409 | 413 | 500 | 503;
  readonly body: object;
}

export interface OrderServerOptions {
  readonly database: OrderDatabase;
  readonly gate: WriteGate;
  readonly comparison: Comparison;
  readonly region: string;
  readonly databaseName: string;
  /** Once aborted, every answer asks the client to leave this connection. */
  readonly draining: AbortSignal;
  /** What the service does wrong now, on purpose. */
  readonly misbehaviour?: () => Misbehaviour | undefined;
}

/**
 * `POST /orders`, `GET /orders/:id`, `GET /health`, `PUT /lease`, `DELETE /lease`, and below `/understudy/` what
 * data-comparison asks; it does not listen yet.
 */
export function createOrderServer(options: OrderServerOptions): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    const wrong = wrongOf(options.misbehaviour?.(), request);
    if (wrong === 'reset') return void request.socket.resetAndDestroy();
    const { status, body } = wrong === 'error' ? brokenReply : await replyTo(request, options).catch(toReply);
    if (wrong === 'silence') return;
    const text = JSON.stringify(body);
    if (options.draining.aborted) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}

async function replyTo(request: IncomingMessage, options: OrderServerOptions): Promise<Reply> {
  const { method, url = '' } = request;
  if (method === 'POST' && url === '/orders') return await placeOrder(request, options);
  if (method === 'PUT' && url === '/lease') return await takeGrant(request, options);
  if (method === 'DELETE' && url === '/lease') return await endGrant(request, options);
  if (method === 'GET' && url === '/health') return await health(options);
  if (method === 'GET' && url.startsWith('/understudy/')) return await compared(url, options);
  if (method === 'GET' && url.startsWith('/orders/')) return await findOrder(url.slice('/orders/'.length), options);
  return { status: 404, body: { reason: 'no-such-path' } };
}

async function placeOrder(request: IncomingMessage, { database, databaseName }: OrderServerOptions): Promise<Reply> {
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: { reason: 'too-large' } };
  const order = parseOrder(text);
  if ('problem' in order) return { status: 400, body: { reason: 'invalid-order', why: order.problem } };
  const { created, row } = await database.place(order);
  const { id, region, committedAt, epoch } = row;
  return { status: created ? 201 : 200, body: { id, region, database: databaseName, committedAt, epoch } };
}

async function findOrder(id: string, { database, databaseName }: OrderServerOptions): Promise<Reply> {
  const row = isOrderId(id) ? await database.find(id) : undefined;
  if (row === undefined) return { status: 404, body: { reason: 'no-such-order' } };
  return { status: 200, body: { ...row, database: databaseName } };
}

/** From the guard: any process of the pool writes the one row that all commits of this Region are held to. */
async function takeGrant(request: IncomingMessage, { gate }: OrderServerOptions): Promise<Reply> {
  const grant = parseGrant((await readBody(request)) ?? '', ['epoch', 'expiresAt']);
  if ('problem' in grant) return { status: 400, body: { reason: 'invalid-grant', why: grant.problem } };
  if (await gate.grant(grant)) return { status: 200, body: grant };
  return { status: 409, body: { reason: 'stale-epoch', why: `a grant above epoch ${grant.epoch} is there` } };
}

async function endGrant(request: IncomingMessage, { gate }: OrderServerOptions): Promise<Reply> {
  const grant = parseGrant((await readBody(request)) ?? '', ['epoch']);
  if ('problem' in grant) return { status: 400, body: { reason: 'invalid-grant', why: grant.problem } };
  await gate.endGrant(grant.epoch);
  return { status: 200, body: grant };
}

/** A standby is healthy and not writable: warm, not in charge. What it has heard of the writer tells how the writer is. */
async function health({ database, databaseName, misbehaviour, region }: OrderServerOptions): Promise<Reply> {
  const { heartbeatAt, writable, writesPerSecond } = await database.health();
  const beat = misbehaviour?.() === 'no-heartbeat' ? {} : { heartbeatAt };
  return { status: 200, body: { region, database: databaseName, writable, ...beat, writesPerSecond } };
}

async function compared(url: string, { comparison }: OrderServerOptions): Promise<Reply> {
  const { pathname, searchParams } = new URL(url, 'http://orders');
  const [, , what, table, part, ...more] = pathname.split('/').map(decodeURIComponent);
  if (what === 'position' && table === undefined) return { status: 200, body: await comparison.position() };
  if (what === 'tables' && table === undefined) {
    return { status: 200, body: await comparison.tables(searchParams.getAll('table')) };
  }
  const isChunk = what === 'tables' && part === 'chunks' && more.length === 0;
  const rows = isChunk ? await comparison.rows(table ?? '', searchParams.get('from') ?? '') : undefined;
  return rows === undefined ? { status: 404, body: { reason: 'no-such-path' } } : { status: 200, body: rows };
}

const brokenReply: Reply = { status: 500, body: { reason: 'bug', why: 'a bad deploy' } };

function toReply(cause: unknown): Reply {
  if (cause instanceof DatabaseTrouble) return { status: 503, body: { reason: cause.reason, why: cause.message } };
  return { status: 500, body: { reason: 'bug', why: String(cause) } };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes <= BODY_BYTES_MAX ? Buffer.concat(chunks).toString('utf8') : undefined;
}
