import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeGap } from '../../lab/gameday/client/gaps.ts';
import { type LoadClient, startLoadClient } from '../../lab/gameday/client/load-client.ts';
import { lookupAt } from '../../lab/gameday/client/lookup.ts';
import { startRemoteClient } from '../../lab/gameday/client/remote-client.ts';
import type { ClientResult, Progress } from '../../lab/gameday/client/result.ts';
import { ClientSettings } from '../../lab/gameday/client/settings.ts';
import { type DnsServer, startDnsServer } from '../../lab/gameday/dns/authoritative-server.ts';

const NAME = 'orders.shop.test';
const FROM = '127.0.1.1';
const TO = '127.0.2.1';
const MAIN = fileURLToPath(import.meta.resolve('../../lab/gameday/client/main.ts'));

type Mode = 'acknowledge' | 'decline' | 'hang' | 'acknowledge on the second attempt';

interface FakeService {
  readonly server: Server;
  readonly port: number;
  readonly received: string[];
  readonly hosts: Set<string | undefined>;
  readonly connections: { count: number };
  mode: Mode;
}

let dns: DnsServer;
let target: { address: string; ttlSeconds: number };
let asked: number;
let from: FakeService;
let to: FakeService;
let running: LoadClient[];

beforeEach(async () => {
  target = { address: FROM, ttlSeconds: 0 };
  asked = 0;
  running = [];
  dns = await startDnsServer({
    answer({ name, type }) {
      asked += 1;
      const { address, ttlSeconds } = target;
      const answers = type === 'A' ? [{ name, type, ttlSeconds, values: [address] } as const] : [];
      return { authoritative: true, rcode: 'NOERROR', answers };
    },
  });
  [from, to] = await Promise.all([startService(FROM, 'from'), startService(TO, 'to')]);
});

afterEach(async () => {
  await Promise.all(running.map((client) => client.stop()));
  for (const { server } of [from, to]) {
    server.close();
    server.closeAllConnections();
  }
  await dns.close();
});

async function startService(host: string, region: string): Promise<FakeService> {
  const service = { received: [] as string[], hosts: new Set<string | undefined>(), mode: 'acknowledge' as Mode };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { id } = JSON.parse(body);
    const isRepeated = service.received.includes(id);
    service.received.push(id);
    service.hosts.add(request.headers.host);
    reply(response, {
      ...service,
      isRepeated,
      answer: { id, region, database: `orders-${region}`, committedAt: 1, epoch: null },
    });
  });
  const connections = { count: 0 };
  server.on('connection', () => {
    connections.count += 1;
  });
  await once(server.listen(0, host), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(service, { server, port, connections });
}

function reply(
  response: ServerResponse,
  { mode, isRepeated, answer }: { mode: Mode; isRepeated: boolean; answer: object },
) {
  const declines = mode === 'decline' || (mode === 'acknowledge on the second attempt' && !isRepeated);
  if (mode === 'hang') return;
  response.writeHead(declines ? 503 : 201).end(JSON.stringify(declines ? { reason: 'read-only' } : answer));
}

function settings(part: Partial<ClientSettings> = {}): ClientSettings {
  const ports = { [FROM]: from.port, [TO]: to.port };
  return ClientSettings.parse({ name: NAME, dnsServer: `127.0.0.1:${dns.port}`, ports, ...part });
}

function start(part: Partial<ClientSettings> = {}): LoadClient {
  const client = startLoadClient(settings(part), lookupAt(`127.0.0.1:${dns.port}`, NAME));
  running.push(client);
  return client;
}

async function until(reached: () => boolean): Promise<void> {
  await expect.poll(reached, { interval: 5, timeout: 5_000 }).toBe(true);
}

function expectBalanced(result: ClientResult): void {
  const { offered, acknowledgements, rejected, skipped, unacknowledgedIds } = result;
  expect(acknowledgements.length + rejected + skipped + unacknowledgedIds.length).toBe(offered);
  expect(new Set(acknowledgements.map(({ id }) => id)).size).toBe(acknowledgements.length);
}

const epochMs = () => performance.timeOrigin + performance.now();

describe('a steady load', () => {
  test('goes to the address of the name, over few connections, and every order is acknowledged once', async () => {
    const client = start({ timeoutMs: 5_000 });
    await until(() => client.progress().acknowledged >= 60);
    expect(client.progress().perSecond).toBeGreaterThan(0);
    expect(client.progress()).toMatchObject({ failed: 0, address: FROM, lastAckAt: expect.any(Number) });
    const result = await client.stop();
    expectBalanced(result);
    expect(result).toMatchObject({ unacknowledgedIds: [], failedAttemptsAt: [], skipped: 0 });
    expect(result.acknowledgements.map(({ id }) => id).sort()).toEqual([...from.received].sort());
    expect(result.acknowledgements[0]).toMatchObject({ region: 'from', database: 'orders-from', address: FROM });
    expect([...from.hosts]).toEqual([NAME]);
    expect(from.connections.count).toBeLessThan(from.received.length / 2);
    expect(asked).toBeGreaterThan(20);
  });

  test('is open: a service that answers nothing does not slow the making of orders', async () => {
    from.mode = 'hang';
    const client = start({ ordersPerSecond: 400, backlogMax: 20, drainMs: 0, timeoutMs: 5_000 });
    await sleep(500);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.offered).toBeGreaterThan(150);
    expect(result.skipped).toBe(result.offered - 64 - 20);
    expect(from.received).toHaveLength(64);
  });

  test('an answer of the DNS server is kept for its time to live', async () => {
    target.ttlSeconds = 1;
    const client = start({ ordersPerSecond: 100 });
    await until(() => client.progress().acknowledged >= 30);
    expect(asked).toBe(1);
    target.address = TO;
    await until(() => to.received.length > 0);
    expect(asked).toBe(2);
    await until(() => to.received.length > 20);
    const { perSecond, acknowledged } = client.progress();
    expect(perSecond).toBeLessThan(acknowledged);
    const { resolutions } = await client.stop();
    expect(resolutions.slice(0, 3)).toMatchObject([
      { address: FROM, ttlSeconds: 1, fromCache: false },
      { address: FROM, fromCache: true },
      { address: TO, fromCache: false },
    ]);
    const [learnt, , relearnt] = resolutions;
    expect((relearnt?.at ?? 0) - (learnt?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a service that fails', () => {
  test('an order that was not acknowledged is sent again with the same id', async () => {
    from.mode = 'acknowledge on the second attempt';
    const client = start({ ordersPerSecond: 50 });
    await until(() => client.progress().acknowledged >= 10);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.unacknowledgedIds).toEqual([]);
    expect(result.failedAttemptsAt).toHaveLength(result.offered);
    expect(from.received).toHaveLength(2 * result.offered);
  });

  test('a repeated order is told apart from a new one', async () => {
    to.server.removeAllListeners('request');
    const answer = { region: 'from', database: 'orders-to', committedAt: 1, epoch: 1 };
    to.server.on('request', (request, response) =>
      request.resume().on('end', () => response.end(JSON.stringify(answer))),
    );
    target.address = TO;
    const client = start();
    await until(() => client.progress().acknowledged >= 3);
    const { acknowledgements } = await client.stop();
    expect(acknowledgements[0]).toMatchObject({ isRepeated: true, region: 'from', database: 'orders-to', address: TO });
  });

  test('when the service dies and the name moves, the client follows and loses no order', async () => {
    const client = start();
    await until(() => client.progress().acknowledged >= 20);
    const killedAt = epochMs();
    from.server.close();
    from.server.closeAllConnections();
    await sleep(150);
    const { failed, lastFailure } = client.progress();
    target.address = TO;
    await until(() => to.received.length >= 20);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.unacknowledgedIds).toEqual([]);
    expect(failed).toBeGreaterThan(0);
    expect(lastFailure).toBe('ECONNREFUSED');
    const gap = writeGap(result.acknowledgements, killedAt);
    expect(gap?.gapMs).toBeGreaterThanOrEqual(150);
    expect(gap?.gapMs).toBeLessThan(2_000);
    expect(result.resolutions.map(({ address }) => address)).toEqual([FROM, TO]);
  });

  test('a service that hangs gets a few probes and no herd, and does not hold up its successor', async () => {
    const client = start({ timeoutMs: 100, failuresMax: 1, probesMax: 2 });
    await until(() => client.progress().acknowledged >= 20);
    from.mode = 'hang';
    await until(() => client.progress().failed >= 30);
    const before = from.received.length;
    await sleep(500);
    const probes = from.received.length - before;
    target.address = TO;
    await until(() => to.received.length >= 100);
    expectBalanced(await client.stop());
    expect(probes).toBeGreaterThan(0);
    // Two at a time, each for 100 ms and a pause, make at most 10 in 500 ms; one probe may straddle each end.
    expect(probes).toBeLessThanOrEqual(12);
  });

  test('a DNS server that is away is a counted failure, and the orders wait', async () => {
    const { port } = dns;
    await dns.close();
    const client = start();
    await until(() => client.progress().lastFailure !== undefined);
    dns = await startDnsServer({
      port,
      answer: ({ name }) => ({
        authoritative: true,
        rcode: 'NOERROR',
        answers: [{ name, type: 'A', ttlSeconds: 0, values: [TO] }],
      }),
    });
    await until(() => to.received.length >= 20);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.failedLookups).toBeGreaterThan(0);
    expect(result.unacknowledgedIds).toEqual([]);
  });

  test('an address without a port in the table is a failure that says so', async () => {
    const client = start({ ports: {}, drainMs: 0 });
    await until(() => client.progress().failed > 0);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.lastFailure).toContain(`No port is known for ${FROM}`);
  });
});

describe('the client in its own process', () => {
  test('starts, reports its progress and hands over its result', async () => {
    const child = fork(MAIN, [], { execArgv: [], env: {} });
    const exited = once(child, 'exit');
    const seen: Progress[] = [];
    const client = await startRemoteClient(
      { child },
      { settings: settings({ timeoutMs: 5_000 }), onProgress: (one) => seen.push(one) },
    );
    await until(() => (seen.at(-1)?.acknowledged ?? 0) >= 20);
    const result = await client.stop();
    expectBalanced(result);
    expect(result.acknowledgements.map(({ id }) => id).sort()).toEqual([...from.received].sort());
    expect(await exited).toEqual([0, null]);
  });

  test('settings that are wrong are a problem it names', async () => {
    const child = fork(MAIN, [], { execArgv: [], env: {} });
    const wrong = { ...settings(), ordersPerSecond: -1 };
    const client = await startRemoteClient({ child }, { settings: wrong });
    await once(child, 'exit');
    await expect(client.stop()).rejects.toThrow('ordersPerSecond');
  });

  test('a client that is killed is an error and not a hang', async () => {
    const child = fork(MAIN, [], { execArgv: [], env: {} });
    const client = await startRemoteClient({ child }, { settings: settings() });
    child.kill('SIGKILL');
    await expect(client.stop()).rejects.toThrow('without a result');
  });

  test('it ends when the lab is gone', async () => {
    const child = fork(MAIN, [], { execArgv: [], env: {} });
    await startRemoteClient({ child }, { settings: settings() });
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
