import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DelayProxy, openDelayProxy } from '../../../lab/gameday/network/delay-proxy.ts';

const DELAY_MS = 20;
/** Long enough for what is not cut to have arrived, many times over. */
const SILENCE_MS = 8 * DELAY_MS;

let target: Server;
let proxy: DelayProxy;
let accepted: Socket[];

beforeEach(async () => {
  accepted = [];
  target = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(target, 'listening');
  const { port } = target.address() as AddressInfo;
  proxy = await openDelayProxy({ target: { host: '127.0.0.1', port }, delayMs: DELAY_MS });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of accepted) socket.destroy();
  target.close();
});

test('a byte takes one delay there and one delay back, after a round trip to connect', async () => {
  const { near, far } = await openPair();
  far.pipe(far);
  const sentAt = performance.now();
  near.write('x');
  await once(near, 'data');
  const tookMs = performance.now() - sentAt;
  expect(tookMs).toBeGreaterThanOrEqual(2 * DELAY_MS);
  expect(tookMs).toBeLessThan(2 * DELAY_MS + 500);
});

test('a shorter delay does not let later bytes overtake earlier ones', async () => {
  const { near, far } = await openPair();
  proxy.setDelayMs(100);
  near.write('first');
  await sleep(10);
  proxy.setDelayMs(0);
  near.write('second');
  near.end();
  expect(await textOf(far)).toBe('firstsecond');
});

test('the delay does not reduce throughput', async () => {
  const { near, far } = await openPair();
  const bytes = 64 * 1024 * 1024;
  const startedAt = performance.now();
  near.end(Buffer.alloc(bytes));
  let received = 0;
  for await (const chunk of far) received += (chunk as Buffer).length;
  expect(received).toBe(bytes);
  // One 64 KB chunk per delay, the mistake this guards against, would take 20 s.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a cut delivers nothing and closes nothing; healing delivers all of it in order', async () => {
  const { near, far } = await openPair();
  const arrived = collect(far);
  proxy.cut();
  near.write('one ');
  await sleep(SILENCE_MS);
  near.write('two');
  expect(arrived()).toBe('');
  expect([near.destroyed, far.destroyed]).toEqual([false, false]);
  proxy.heal();
  near.end();
  await once(far, 'end');
  expect(arrived()).toBe('one two');
});

test('a cut of one direction leaves the other', async () => {
  const { near, far } = await openPair();
  const [atNear, atFar] = [collect(near), collect(far)];
  proxy.cut({ direction: 'back' });
  near.write('out');
  far.write('back');
  await sleep(SILENCE_MS);
  expect([atFar(), atNear()]).toEqual(['out', '']);
});

test('a connection made during a cut hears nothing until it heals', async () => {
  proxy.cut();
  const { near, far } = await openPair();
  const arrived = collect(far);
  near.write('late');
  await sleep(SILENCE_MS);
  expect(arrived()).toBe('');
  proxy.heal();
  await once(far, 'data');
  expect(arrived()).toBe('late');
});

test('what was sent before the sender died arrives, and then the end', async () => {
  const { near, far } = await openPair();
  const diedAt = performance.now();
  far.end('last words');
  expect(await textOf(near)).toBe('last words');
  expect(performance.now() - diedAt).toBeGreaterThanOrEqual(DELAY_MS);
});

test('a sender is held back while nobody reads, and nothing is lost', async () => {
  const { near, far } = await openPair();
  const bytes = 80 * 1024 * 1024;
  near.end(Buffer.alloc(bytes));
  await sleep(500);
  expect(near.writableLength).toBeGreaterThan(0);
  let received = 0;
  for await (const chunk of far) received += (chunk as Buffer).length;
  expect(received).toBe(bytes);
});

test('destroyed connections are reset on both sides, and new ones are accepted', async () => {
  const { near, far } = await openPair();
  far.resume();
  const bothClosed = Promise.all([closeOf(near), closeOf(far)]);
  proxy.destroyConnections();
  await bothClosed;
  await openPair();
  expect(proxy.connectionCount()).toBe(1);
});

test('a target that refuses shows as a reset after a round trip', async () => {
  target.close();
  const near = connect(proxy.port, proxy.host);
  const failure = await once(near, 'data').catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'ECONNRESET' });
});

async function openPair(): Promise<{ near: Socket; far: Socket }> {
  const count = accepted.length;
  const connection = once(target, 'connection');
  const near = connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true });
  near.on('error', () => undefined);
  await connection;
  const far = accepted[count];
  if (far === undefined) throw new Error('The target accepted no connection.');
  return { near, far };
}

function closeOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

function collect(socket: Socket): () => string {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString();
  return text;
}

test('one end that closes on a severed wire leaves the other one open, until the wire is healed', async () => {
  const { near, far } = await openPair();
  far.resume();
  const farEnded = once(far, 'end');
  proxy.cut();
  near.destroy();
  await sleep(4 * DELAY_MS);
  expect([far.readyState, proxy.connectionCount()]).toEqual(['open', 1]);
  proxy.heal();
  await farEnded;
});
