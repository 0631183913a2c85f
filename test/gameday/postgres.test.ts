import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DelayProxy, openDelayProxy } from '../../lab/gameday/network/delay-proxy.ts';
import { withClient } from '../../lab/gameday/postgres/connection.ts';
import { createPrimary } from '../../lab/gameday/postgres/create-primary.ts';
import { createStandby } from '../../lab/gameday/postgres/create-standby.ts';
import type { Database } from '../../lab/gameday/postgres/database.ts';
import { makeSynchronous, waitUntilStreaming } from '../../lab/gameday/postgres/replication.ts';
import { closeToWriters, openToWriters } from '../../lab/gameday/postgres/write-fence.ts';
import { findProcess, readProcessTable, treeOf } from '../../lab/gameday/processes/process-table.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';

const STANDBY = 'orders-replica';
const DELAY_MS = 35;
const TIMEOUT_MS = 10_000;

interface Pair {
  readonly workplace: Workplace;
  readonly primary: Database;
  readonly standby: Database;
  readonly wire: DelayProxy;
}

/** Pairs that a test takes apart. */
const doomed: Pair[] = [];

afterEach(async () => {
  await Promise.all(doomed.splice(0).map(closePair));
});

test('rows reach the standby; the primary Region dies whole; the promoted standby takes writes', async () => {
  const { workplace, primary, standby } = await openDoomedPair();
  await primary.query('INSERT INTO orders SELECT generate_series(1, 500)');
  await expect.poll(() => rowsOf(standby)).toBe(500);
  expect(await standby.replicationLag()).toEqual({ lagSeconds: 0 });
  expect(await primary.replicationLag()).toEqual({ lagSeconds: undefined });
  expect([await primary.isInRecovery(), await standby.isInRecovery()]).toEqual([false, true]);

  const servers = treeOf(readProcessTable(), [primary.process.pid]);
  expect(servers.length).toBeGreaterThan(5);
  const killMs = await timed(() => workplace.killRegion(primary.region));
  expect(servers.filter((pid) => findProcess(pid)?.alive)).toEqual([]);
  await expect(primary.query('SELECT 1')).rejects.toThrow();

  const promotionMs = await timed(() => standby.promote());
  await standby.query('INSERT INTO orders VALUES (501)');
  expect(await rowsOf(standby)).toBe(501);
  report({ killMs, promotionMs });
});

test('an asynchronous pair loses what was acknowledged within one delay, and no row in the middle', async () => {
  const pair = await openDoomedPair();
  const acknowledged = await writeUntilDisaster(pair);
  const rows = await rowsOf(pair.standby);
  const [last] = await pair.standby.query<{ id: number }>('SELECT max(id) AS id FROM orders');
  report({ acknowledged, lost: acknowledged - rows });
  expect(acknowledged - rows).toBeGreaterThan(0);
  expect(last?.id).toBe(rows);
});

test('a synchronous pair loses nothing, and each commit waits for the wire', async () => {
  const pair = await openDoomedPair();
  await makeSynchronous({ primary: pair.primary, standbyName: STANDBY, timeoutMs: TIMEOUT_MS });
  const commitMs = await timed(() => pair.primary.query('INSERT INTO orders VALUES (0)'));
  expect(commitMs).toBeGreaterThanOrEqual(2 * DELAY_MS);
  const acknowledged = await writeUntilDisaster(pair);
  const rows = (await rowsOf(pair.standby)) - 1;
  report({ commitMs, acknowledged, lost: Math.max(0, acknowledged - rows) });
  expect(acknowledged).toBeGreaterThan(0);
  expect(rows).toBeGreaterThanOrEqual(acknowledged);
});

test('the dead primary is built again as the standby of the one that took over', async () => {
  const { workplace, primary, standby } = await openDoomedPair();
  await workplace.killRegion(primary.region);
  await standby.promote();
  await standby.query('INSERT INTO orders VALUES (1)');
  const buildMs = await timed(async () => {
    const rebuilt = await createStandby({
      ...{ workplace, from: standby, through: standby, region: primary.region, name: 'orders' },
      port: primary.port,
    });
    await waitUntilStreaming({ primary: standby, standbyName: 'orders', timeoutMs: TIMEOUT_MS });
    expect([await rowsOf(rebuilt), rebuilt.port, await rebuilt.isInRecovery()]).toEqual([1, primary.port, true]);
  });
  report({ buildMs });
});

test('two labs do not disturb each other, and durability is switched on in both', async () => {
  const [one, other] = await Promise.all([openDoomedPair(), openDoomedPair()]);
  await one.workplace.killRegion(one.primary.region);
  await other.primary.query('INSERT INTO orders VALUES (1)');
  await one.workplace.close();
  await expect.poll(() => rowsOf(other.standby)).toBe(1);
  expect(await other.standby.query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
  expect(await other.primary.query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
});

describe('a pair that lives on', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await openPair();
  });

  afterAll(() => closePair(pair));

  test('the lag of a standby grows while the wire is cut, and is gone when it heals', async () => {
    const { primary, standby, wire } = pair;
    await primary.query('INSERT INTO orders VALUES (1)');
    await expect.poll(() => rowsOf(standby)).toBe(1);
    wire.cut();
    await primary.query('INSERT INTO orders VALUES (2)');
    await expect
      .poll(async () => (await standby.replicationLag()).lagSeconds, { timeout: TIMEOUT_MS })
      .toBeGreaterThan(3);
    expect(await rowsOf(standby)).toBe(1);
    wire.heal();
    await expect.poll(() => rowsOf(standby), { timeout: TIMEOUT_MS }).toBe(2);
    await expect.poll(() => standby.replicationLag(), { timeout: TIMEOUT_MS }).toEqual({ lagSeconds: 0 });
  });

  test('a read-only database turns writers away, old sessions too, until it is opened again', async () => {
    const { primary, standby } = pair;
    const writer = await openClient(primary);
    await writer.query('BEGIN');
    await withClient(primary, async (session) => {
      await session.query('SET default_transaction_read_only = off');
      const fence = { session, withNewSession: <T>(work: (one: pg.Client) => Promise<T>) => withClient(primary, work) };
      await closeToWriters(fence);
      await expect(writer.query('INSERT INTO orders VALUES (3)')).rejects.toThrow();
      const other = withClient(primary, (one) => one.query('INSERT INTO orders VALUES (3)'));
      await expect(other).rejects.toMatchObject({ code: '25006' });
      await openToWriters(fence);
    });
    await withClient(primary, (one) => one.query('INSERT INTO orders VALUES (3)'));
    await expect.poll(() => rowsOf(standby), { timeout: TIMEOUT_MS }).toBe(3);
  });

  test('nobody connects without the password, or with that of another lab', async () => {
    const { primary } = pair;
    const stranger = new pg.Client(primary.connectionString().replace(primary.password, 'guess'));
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
  });
});

test.runIf(process.platform === 'linux')(
  'a closed lab leaves no shared memory in the kernel, killed or not',
  async () => {
    const { workplace, primary, standby } = await openDoomedPair();
    const creators = [primary.process.pid, standby.process.pid];
    expect(segmentsOf(creators)).toBe(2);
    await workplace.killRegion(primary.region);
    expect(segmentsOf(creators)).toBe(2);
    await workplace.close();
    expect(segmentsOf(creators)).toBe(0);
  },
);

async function openDoomedPair(): Promise<Pair> {
  const pair = await openPair();
  doomed.push(pair);
  return pair;
}

async function closePair({ workplace, wire }: Pair): Promise<void> {
  await wire.close();
  await workplace.close();
}

async function openPair(): Promise<Pair> {
  const startedAt = performance.now();
  const workplace = await openWorkplace();
  const primary = await createPrimary({ workplace, region: 'eu-west-1', name: 'orders' });
  const primaryMs = performance.now() - startedAt;
  const wire = await openDelayProxy({ target: primary, delayMs: DELAY_MS });
  const standby = await createStandby({
    workplace,
    from: primary,
    through: wire,
    region: 'eu-central-1',
    name: STANDBY,
  });
  await waitUntilStreaming({ primary, standbyName: STANDBY, timeoutMs: TIMEOUT_MS });
  const pair = { workplace, primary, standby, wire };
  report({ primaryMs, bothMs: performance.now() - startedAt });
  await primary.query('CREATE TABLE orders (id integer PRIMARY KEY)');
  while (!(await hasOrders(standby))) await sleep(5);
  return pair;
}

/** Writes rows 1, 2, 3 … for a second, then kills and cuts off the primary's Region. How many rows were acknowledged. */
async function writeUntilDisaster({ workplace, primary, standby, wire }: Pair): Promise<number> {
  const client = await openClient(primary);
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await client.query('INSERT INTO orders VALUES ($1)', [acknowledged + 1]);
      acknowledged += 1;
    }
  })().catch(() => undefined);
  await sleep(1_000);
  const killed = workplace.killRegion(primary.region);
  wire.cut();
  await killed;
  await writing;
  await standby.promote();
  return acknowledged;
}

async function openClient(database: Database): Promise<pg.Client> {
  const client = new pg.Client(database.connectionString());
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function hasOrders(database: Database): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>(`SELECT to_regclass('orders') IS NOT NULL AS found`);
  return row?.found === true;
}

async function rowsOf(database: Database): Promise<number> {
  const [row] = await database.query<{ rows: number }>('SELECT count(*)::integer AS rows FROM orders');
  return row?.rows ?? -1;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** System V segments by creator, the fifth column. */
function segmentsOf(creators: readonly number[]): number {
  const rows = readFileSync('/proc/sysvipc/shm', 'utf8').split('\n').slice(1);
  return rows.filter((row) => creators.includes(Number(row.trim().split(/\s+/)[4]))).length;
}

function report(numbers: Readonly<Record<string, number>>): void {
  const parts = Object.entries(numbers).map(([name, value]) => `${name} ${value.toFixed(0)}`);
  process.stdout.write(`  ${parts.join(' · ')}\n`);
}
