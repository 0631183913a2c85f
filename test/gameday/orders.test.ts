import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleOrderService } from '../../lab/gameday/orders/bundle.ts';
import { createOrderPool, type OrderPool, type PoolProcess } from '../../lab/gameday/orders/pool.ts';
import { createSchema, NO_LEASE } from '../../lab/gameday/orders/schema.ts';
import { startTestDatabase, type TestDatabase } from '../support/order-database.ts';

const HOST = '127.0.1.1';
const ENTRY = fileURLToPath(import.meta.resolve('../../lab/gameday/orders/service.ts'));
const BUSY_MS_MAX = 1_000;

let database: TestDatabase;
let folder: string;
let bundle: string;
let pools: OrderPool[];

beforeAll(async () => {
  pools = [];
  folder = mkdtempSync(join(tmpdir(), 'understudy-orders-bundle-'));
  [database, bundle] = await Promise.all([startTestDatabase(), bundleOrderService(folder)]);
  await createSchema((sql) => database.query(sql), { gated: true });
}, 30_000);

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

afterAll(async () => {
  await database.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function startService(port: number, entry = bundle): PoolProcess {
  const child = fork(entry, [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ORDERS_HOST: HOST,
      ORDERS_PORT: String(port),
      ORDERS_REGION: 'eu-west-1',
      ORDERS_DATABASE_NAME: 'orders-primary',
      ORDERS_DATABASE_URL: database.url,
    },
  });
  return { pid: child.pid ?? 0, exited: once(child, 'exit'), kill: (signal) => child.kill(signal), child };
}

/** A port that was free for this address a moment ago; every process of the pool then shares it. */
async function startPool(count: number): Promise<{ pool: OrderPool; url: string; spawned: number[] }> {
  const first = startService(0);
  const port = await new Promise<number>((resolve) => first.child.on('message', (said) => resolve(portIn(said))));
  first.kill('SIGKILL');
  await first.exited;
  const spawned: number[] = [];
  const spawn = (index: number) => {
    spawned.push(index);
    return startService(port);
  };
  const pool = createOrderPool({ spawn, restartDelayMs: 10 });
  pools.push(pool);
  await pool.setDesired(count);
  return { pool, url: `http://${HOST}:${port}`, spawned };
}

function portIn(message: unknown): number {
  return (message as { port: number }).port;
}

function post(url: string, order: object) {
  return fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order), headers: { connection: 'close' } });
}

/** A grant as the guard hands it over. */
function put(url: string, grant: object) {
  return fetch(`${url}/lease`, { method: 'PUT', body: JSON.stringify(grant), headers: { connection: 'close' } });
}

const inMs = (ms: number): number => Date.now() + ms;
/** Longer than any test here. */
const long = 600_000;

const order = (id: string = randomUUID()) => ({ id, item: 'lamp', amountCents: 1_250 });

async function answerOf(response: Response) {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('an order service', () => {
  let url: string;
  let pool: OrderPool;

  beforeAll(async () => {
    ({ url, pool } = await startPool(1));
    pools.splice(0);
    await put(url, { epoch: 3, expiresAt: inMs(long) });
  });

  afterAll(() => pool.close());

  test('acknowledges an order after it is committed, and finds it again', async () => {
    const placed = order();
    const created = await answerOf(await post(url, placed));
    const [row] = await database.query(
      `SELECT item, amount_cents, region, epoch FROM orders WHERE id = '${placed.id}'`,
    );
    expect(created).toMatchObject({
      status: 201,
      body: { id: placed.id, region: 'eu-west-1', database: 'orders-primary', committedAt: expect.any(Number) },
    });
    expect(row).toEqual({ item: 'lamp', amount_cents: 1_250, region: 'eu-west-1', epoch: '3' });
    const found = await answerOf(await fetch(`${url}/orders/${placed.id}`));
    expect(found).toEqual({ status: 200, body: { ...created.body, item: 'lamp', amountCents: 1_250, epoch: 3 } });
  });

  test('answers a repeated order with the row of the first, changing nothing', async () => {
    const placed = order();
    const first = await answerOf(await post(url, placed));
    const again = await answerOf(await post(url, { ...placed, item: 'another' }));
    expect(again).toEqual({ status: 200, body: first.body });
    expect(await database.query(`SELECT item FROM orders WHERE id = '${placed.id}'`)).toEqual([{ item: 'lamp' }]);
  });

  test('commits an order once when it arrives twice at the same time', async () => {
    const placed = order();
    const answers = await Promise.all([post(url, placed), post(url, placed), post(url, placed)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  });

  test.each([
    { body: 'no JSON', what: 'what is no JSON' },
    { body: JSON.stringify({ ...order(), id: '7' }), what: 'an id that is no UUID' },
    { body: JSON.stringify({ ...order(), amountCents: 1.5 }), what: 'half a cent' },
    { body: JSON.stringify({ ...order(), amountCents: 2 ** 31 }), what: 'more than the column holds' },
    { body: JSON.stringify({ id: randomUUID(), amountCents: 1 }), what: 'an order for nothing' },
  ])('refuses $what', async ({ body }) => {
    const response = await fetch(`${url}/orders`, { method: 'POST', body });
    expect(await answerOf(response)).toMatchObject({ status: 400, body: { reason: 'invalid-order' } });
  });

  test('knows no order that was not placed, and no other path', async () => {
    const statuses = await Promise.all(
      [`/orders/${randomUUID()}`, '/orders/7', '/', '/orders'].map(async (path) => (await fetch(url + path)).status),
    );
    expect(statuses).toEqual([404, 404, 404, 404]);
  });

  test('refuses a body without end', async () => {
    const response = await fetch(`${url}/orders`, { method: 'POST', body: 'x'.repeat(20_000) });
    expect(response.status).toBe(413);
  });
});

describe('the write lease', () => {
  let url: string;
  let pool: OrderPool;
  /** The newest epoch; it only rises. */
  let epoch = 10;

  beforeAll(async () => {
    ({ url, pool } = await startPool(2));
    pools.splice(0);
  });

  afterAll(async () => {
    await put(url, { epoch: epoch + 1, expiresAt: inMs(long) });
    await pool.close();
  });

  const rows = (id: string) => database.query(`SELECT epoch FROM orders WHERE id = '${id}'`);

  test('one grant opens every process of the pool, and each order carries its epoch', async () => {
    epoch += 1;
    const grant = { epoch, expiresAt: inMs(long) };
    expect(await answerOf(await put(url, grant))).toEqual({ status: 200, body: grant });
    const orders = Array.from({ length: 8 }, () => order());
    // One after the other: each connects anew, and the kernel spreads them over the pool.
    const statuses: number[] = [];
    for (const one of orders) statuses.push((await post(url, one)).status);
    expect(new Set(statuses)).toEqual(new Set([201]));
    const found = await Promise.all(orders.map(({ id }) => rows(id)));
    expect(found.flat()).toEqual(orders.map(() => ({ epoch: String(epoch) })));
  });

  test('after its end nothing is written and nothing repeated, and the answer says why', async () => {
    epoch += 1;
    const [before, after] = [order(), order()];
    await put(url, { epoch, expiresAt: inMs(long) });
    expect((await post(url, before)).status).toBe(201);
    await put(url, { epoch: ++epoch, expiresAt: inMs(-1) });
    const refused = await Promise.all([post(url, after), post(url, before)]);
    expect(refused.map(({ status }) => status)).toEqual([503, 503]);
    expect(await rows(after.id)).toEqual([]);
  });

  test('a transaction that is open when the lease ends is rolled back at its commit', async () => {
    const { id } = order();
    await put(url, { epoch: ++epoch, expiresAt: inMs(long) });
    await expect.poll(async () => (await post(url, order())).status).toBe(201);
    await put(url, { epoch: ++epoch, expiresAt: inMs(150) });
    const session = new Client({ connectionString: database.url });
    await session.connect();
    await session.query('BEGIN');
    await session.query(
      `INSERT INTO orders (id, item, amount_cents, region, epoch) VALUES ('${id}', 'lamp', 1, 'eu-west-1', ${epoch})`,
    );
    await sleep(200);
    await expect(session.query('COMMIT')).rejects.toMatchObject({ code: NO_LEASE });
    await session.end();
    expect(await rows(id)).toEqual([]);
  });

  test('a transaction that began under one epoch does not commit under the next', async () => {
    const { id } = order();
    await put(url, { epoch: ++epoch, expiresAt: inMs(long) });
    await expect.poll(async () => (await post(url, order())).status).toBe(201);
    const session = new Client({ connectionString: database.url });
    await session.connect();
    await session.query('BEGIN');
    await session.query(
      `INSERT INTO orders (id, item, amount_cents, region, epoch) VALUES ('${id}', 'lamp', 1, 'eu-west-1', ${epoch})`,
    );
    await put(url, { epoch: ++epoch, expiresAt: inMs(long) });
    await expect(session.query('COMMIT')).rejects.toMatchObject({ code: NO_LEASE });
    await session.end();
  });

  test('a grant to another Region opens nothing here, as after a promotion', async () => {
    epoch += 1;
    await database.query(
      `UPDATE write_lease SET region = 'eu-central-1', epoch = ${epoch}, expires_at = now() + interval '1 hour'`,
    );
    expect(await answerOf(await post(url, order()))).toMatchObject({ status: 503, body: { reason: 'no-lease' } });
  });

  test('an older grant changes nothing, and a late one cannot shorten the newest', async () => {
    epoch += 1;
    await put(url, { epoch, expiresAt: inMs(long) });
    expect((await put(url, { epoch: epoch - 1, expiresAt: inMs(-1) })).status).toBe(409);
    expect((await put(url, { epoch, expiresAt: inMs(-1) })).status).toBe(200);
    expect((await post(url, order())).status).toBe(201);
  });

  test('the guard can close the gate before the end, and open it again', async () => {
    epoch += 1;
    await put(url, { epoch, expiresAt: inMs(long) });
    const closing = await fetch(`${url}/lease`, { method: 'DELETE', body: JSON.stringify({ epoch }) });
    expect(await answerOf(closing)).toEqual({ status: 200, body: { epoch } });
    expect((await post(url, order())).status).toBe(503);
    await put(url, { epoch, expiresAt: inMs(long) });
    await expect.poll(async () => (await post(url, order())).status).toBe(201);
  });

  test.each([{}, { epoch: 1 }, { epoch: -1, expiresAt: 1 }, { epoch: 1, expiresAt: 'soon' }])(
    'refuses %o, which is no grant',
    async (grant) => {
      expect(await answerOf(await put(url, grant))).toMatchObject({ status: 400, body: { reason: 'invalid-grant' } });
    },
  );
});

describe('the health of a writer', () => {
  test('tells that it beats now, and how many orders were committed in the last second', async () => {
    const { url } = await startPool(1);
    await put(url, { epoch: 3, expiresAt: inMs(long) });
    await sleep(1100);
    const before = await answerOf(await fetch(`${url}/health`));
    for (const one of [order(), order(), order()]) await post(url, one);
    const askedAt = Date.now();
    const { body } = await answerOf(await fetch(`${url}/health`));
    expect(before.body).toMatchObject({ writesPerSecond: 0 });
    expect(body).toMatchObject({ writable: true, writesPerSecond: 3 });
    expect(Math.abs(Number(body['heartbeatAt']) - askedAt)).toBeLessThan(BUSY_MS_MAX);
  });
});

describe('when the database changes', () => {
  test('a standby is healthy and read-only, and takes orders at once after its promotion, over the same connections', async () => {
    await database.restartInRecovery();
    const { pool, url } = await startPool(1);
    const placed = order();
    expect(await answerOf(await fetch(`${url}/health`))).toMatchObject({ status: 200, body: { writable: false } });
    expect(await answerOf(await post(url, placed))).toMatchObject({ status: 503, body: { reason: 'read-only' } });
    const sessions = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'order-service-%'";
    const refused = `${sessions} AND query LIKE '%INSERT INTO orders%'`;
    const before = await database.query(refused);
    await database.query('SELECT pg_promote()');
    expect(await answerOf(await fetch(`${url}/health`))).toMatchObject({ status: 200, body: { writable: true } });
    expect(await answerOf(await post(url, placed))).toMatchObject({ status: 201 });
    expect(before).toHaveLength(1);
    expect(await database.query(sessions)).toEqual(expect.arrayContaining([...before]));
    expect(pool.running()).toBe(1);
  }, 15_000);

  test('a frozen database is a quick 503, and serves again when thawed', async () => {
    const { url } = await startPool(1);
    await post(url, order());
    const backends = await database.query(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    const frozen = [database.pid(), ...backends.map(({ pid }) => Number(pid))];
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    const startedAt = performance.now();
    const answers = await Promise.all([post(url, order()), post(url, order()), fetch(`${url}/health`)]);
    const tookMs = performance.now() - startedAt;
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    expect(await Promise.all(answers.map(answerOf))).toMatchObject(
      answers.map(() => ({ status: 503, body: { reason: 'timeout' } })),
    );
    expect(tookMs).toBeLessThan(BUSY_MS_MAX);
    expect((await post(url, order())).status).toBe(201);
  }, 15_000);

  test('a connection that has gone silent is replaced, and not waited for again', async () => {
    const { url } = await startPool(1);
    await post(url, order());
    const silent = await database.query(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'order-service-%'",
    );
    for (const { pid } of silent) process.kill(Number(pid), 'SIGSTOP');
    const statuses: number[] = [];
    for (let attempt = 0; attempt <= silent.length; attempt += 1) statuses.push((await post(url, order())).status);
    for (const { pid } of silent) process.kill(Number(pid), 'SIGCONT');
    expect(statuses[0]).toBe(503);
    expect(statuses.at(-1)).toBe(201);
  }, 15_000);

  test('a database that is gone is a quick 503, and its return needs no restart', async () => {
    const { url } = await startPool(1);
    await post(url, order());
    await database.stop();
    const startedAt = performance.now();
    const gone = await Promise.all([answerOf(await post(url, order())), answerOf(await fetch(`${url}/health`))]);
    const tookMs = performance.now() - startedAt;
    await database.start();
    expect(gone).toMatchObject(gone.map(() => ({ status: 503, body: { reason: 'unreachable' } })));
    expect(tookMs).toBeLessThan(BUSY_MS_MAX);
    expect((await post(url, order())).status).toBe(201);
  }, 15_000);
});

describe('a pool of processes', () => {
  test('two processes share one address and port', async () => {
    const { pool, url } = await startPool(2);
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await post(url, order())).status));
    expect(pool.running()).toBe(2);
    expect(new Set(statuses)).toEqual(new Set([201]));
    const writers = await database.query(
      "SELECT DISTINCT application_name AS writer FROM pg_stat_activity WHERE query LIKE '%INSERT INTO orders%'",
    );
    const names = pool.pids().map((pid) => `order-service-${pid}`);
    expect(writers.map(({ writer }) => writer)).toEqual(expect.arrayContaining(names));
  }, 15_000);

  test('it grows and shrinks to what is desired, and none listens at zero', async () => {
    const { pool, url } = await startPool(1);
    await pool.setDesired(3);
    expect(pool.running()).toBe(3);
    await pool.setDesired(0);
    expect(pool.running()).toBe(0);
    expect(pool.pids()).toEqual([]);
    await expect(post(url, order())).rejects.toThrow();
  }, 15_000);

  test('a crashed process is replaced', async () => {
    const { pool, spawned } = await startPool(2);
    const [victim, other] = pool.pids();
    process.kill(victim ?? 0, 'SIGKILL');
    await expect.poll(() => pool.pids().includes(victim ?? 0)).toBe(false);
    await expect.poll(() => pool.running(), { timeout: 5_000 }).toBe(2);
    expect(pool.pids()).toContain(other);
    expect(spawned).toEqual([0, 1, 0]);
  }, 15_000);

  test('a lost pool starts nothing until it is restored', async () => {
    const { pool, spawned } = await startPool(2);
    await pool.lose();
    expect(pool.pids()).toEqual([]);
    await pool.setDesired(1);
    expect(pool.running()).toBe(0);
    expect(spawned).toEqual([0, 1]);
    await pool.restore();
    expect(pool.running()).toBe(1);
  }, 15_000);

  test('a pool that cannot become ready says so', async () => {
    const pool = createOrderPool({ spawn: () => startService(1, '/no/such/entry.mjs'), readyTimeoutMs: 300 });
    await expect(pool.setDesired(1)).rejects.toThrow(/0 of 1/);
    await pool.close();
  });

  test('a process ends when the lab that started it is gone', async () => {
    const { exited, child } = startService(0);
    await once(child as NodeJS.EventEmitter, 'message');
    (child as unknown as { disconnect(): void }).disconnect();
    expect(await exited).toEqual([0, null]);
  });

  test('the service runs from its source as well', async () => {
    const { exited, kill, child } = startService(0, ENTRY);
    await once(child as NodeJS.EventEmitter, 'message');
    kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
