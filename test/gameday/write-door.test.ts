import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildData, type LabData } from '../../lab/gameday/data.ts';
import { bundleOrderService } from '../../lab/gameday/orders/bundle.ts';
import type { Database } from '../../lab/gameday/postgres/database.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import { startTestService, type TestService } from '../support/order-service.ts';

const regions = { primary: 'eu-west-1', recovery: 'eu-central-1' };
const long = 600_000;
const timeout = 5000;

let workplace: Workplace;
let bundle: string;
let data: LabData;
let epoch = 0;

beforeAll(async () => {
  workplace = await openWorkplace();
  [bundle, data] = await Promise.all([
    bundleOrderService(workplace.dir('bundles')),
    buildData({ workplace, regions, synchronous: false, gated: true }),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all(Object.values(data.wires).map((wire) => wire.close()));
  await workplace.close();
});

const startService = (database: Database): Promise<TestService> => startTestService(bundle, database);
const granted = (service: TestService, ms = long) => service.put({ epoch: ++epoch, expiresAt: Date.now() + ms });
const takesOrders = (service: TestService) => expect.poll(() => service.order(), { timeout, interval: 2 }).toBe(201);
/** What a session that opens now may do: of anybody, not of the order service only. */
async function newSession(database: Database): Promise<string> {
  const client = new Client(database.connectionString());
  await client.connect();
  const { rows } = await client.query<{ value: string }>(`SELECT current_setting('transaction_read_only') AS value`);
  await client.end();
  return rows[0]?.value === 'on' ? 'read-only' : 'writes';
}
const becomes = (database: Database, state: string) =>
  expect.poll(() => newSession(database), { timeout, interval: 2 }).toBe(state);

/** A session of the application with a transaction that has written and is still open. */
async function openWriter(database: Database): Promise<{ client: Client; ended: Promise<unknown> }> {
  const client = new Client({ connectionString: database.connectionString(), application_name: 'order-service-other' });
  client.on('error', () => {});
  const ended = new Promise((resolve) => client.once('end', resolve));
  await client.connect();
  await client.query('BEGIN');
  await client.query('CREATE TABLE IF NOT EXISTS ungated (id int)');
  return { client, ended };
}

describe('when the grant ends', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService(data.primary);
  });
  afterAll(() => service.kill());

  test('because the guard closes the gate, the database is read-only and the application has no session in it', async () => {
    await granted(service);
    await takesOrders(service);
    const writer = await openWriter(data.primary);
    expect(await service.end(epoch)).toBe(200);
    // Not waited for: orders are refused from this answer on, by the gate at the commit.
    expect(await service.order()).toBe(503);
    await writer.ended;
    await becomes(data.primary, 'read-only');
    await expect(data.primary.query('CREATE TABLE other (id int)')).rejects.toMatchObject({ code: '25006' });
    expect(await data.primary.query(`SELECT to_regclass('ungated') AS found`)).toEqual([{ found: null }]);
  }, 10_000);

  test('because nobody renews it, the same happens by itself', async () => {
    await granted(service);
    await takesOrders(service);
    // Else the look that opens the door would come upon the short grant by itself.
    const marks = () => data.primary.query('SELECT closed_in FROM write_lease');
    await expect.poll(marks, { timeout }).toEqual([{ closed_in: null }]);
    await sleep(50);
    await granted(service, 200);
    expect(await newSession(data.primary)).toBe('writes');
    await sleep(200);
    await becomes(data.primary, 'read-only');
    expect(await service.order()).toBe(503);
  });

  test('replication goes on, and what is not the application keeps its sessions', async () => {
    const [before] = await data.primary.query<{ pid: number }>('SELECT pid FROM pg_stat_replication');
    await granted(service);
    await takesOrders(service);
    const onlooker = new Client(data.primary.connectionString());
    await onlooker.connect();
    await service.end(epoch);
    await becomes(data.primary, 'read-only');
    expect((await onlooker.query('SELECT 1')).rowCount).toBe(1);
    await onlooker.end();
    const streams = await data.primary.query('SELECT pid, state FROM pg_stat_replication');
    expect(streams).toEqual([{ pid: before?.pid, state: 'streaming' }]);
    const closed = () => data.recovery.query('SELECT closed_in, epoch::int FROM write_lease');
    await expect.poll(closed, { timeout }).toEqual([{ closed_in: regions.primary, epoch }]);
  });
});

describe('the next grant', () => {
  test('opens the database again, and is taken at once although it is read-only', async () => {
    const service = await startService(data.primary);
    await granted(service, -1);
    await becomes(data.primary, 'read-only');
    expect(await granted(service)).toBe(200);
    await takesOrders(service);
    await becomes(data.primary, 'writes');
    await service.kill();
  });

  test('wins over an end that comes late and out of order', async () => {
    const service = await startService(data.primary);
    for (let round = 0; round < 10; round += 1) {
      await granted(service);
      await Promise.all([service.end(epoch), granted(service)]);
      await takesOrders(service);
      await becomes(data.primary, 'writes');
    }
    await service.kill();
  });

  test('does not make an end forgotten that comes while it is being seen to', async () => {
    const service = await startService(data.primary);
    for (let round = 0; round < 20; round += 1) {
      await granted(service);
      await sleep(round * 2);
      await service.end(epoch);
      await becomes(data.primary, 'read-only');
    }
    await service.kill();
  });

  test('opens what a process that was killed half-way has left closed', async () => {
    const service = await startService(data.primary);
    await granted(service);
    await takesOrders(service);
    await service.end(epoch);
    await service.kill();
    const other = await startService(data.primary);
    await becomes(data.primary, 'read-only');
    await granted(other);
    await takesOrders(other);
    await other.end(epoch);
    await becomes(data.primary, 'read-only');
    await other.kill();
  });

  test('has nothing to open where the database of the other Region was closed', async () => {
    await data.recovery.promote();
    const service = await startService(data.recovery);
    // Time for a process that has started between promotion and grant to make the mistake.
    await sleep(200);
    expect(await newSession(data.recovery)).toBe('writes');
    await granted(service);
    expect(await service.order()).toBe(201);
    expect(await newSession(data.primary)).toBe('read-only');
    await service.kill();
  });
});
