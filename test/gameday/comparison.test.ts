import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildData, type LabData } from '../../lab/gameday/data.ts';
import { bundleOrderService } from '../../lab/gameday/orders/bundle.ts';
import type { Position } from '../../lab/gameday/orders/comparison.ts';
import type { Database } from '../../lab/gameday/postgres/database.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import { systemNet } from '../../shared/aws/net.ts';
import { observe, reconcile } from '../../shared/kinds/data-comparison/aws.ts';
import { check } from '../../shared/kinds/data-comparison/check.ts';
import { Spec } from '../../shared/kinds/data-comparison/spec.ts';
import { startTestService, type TestService } from '../support/order-service.ts';
import { primary, recovery, sampleRun } from '../support/sample-run.ts';

/** The kind and the order services of both Regions, over HTTP and SQL: from the primary to its standby. */
const regions = { primary: 'eu-west-1', recovery: 'eu-central-1' };
let workplace: Workplace;
let data: LabData;
let services: { readonly primary: TestService; readonly recovery: TestService };
let epoch = 0;

beforeAll(async () => {
  workplace = await openWorkplace();
  const [bundle, built] = await Promise.all([
    bundleOrderService(workplace.dir('bundles')),
    buildData({ workplace, regions, synchronous: false, gated: true }),
  ]);
  data = built;
  const [primary, recovery] = await Promise.all([
    startTestService(bundle, data.primary),
    startTestService(bundle, data.recovery),
  ]);
  services = { primary, recovery };
}, 60_000);
afterAll(async () => {
  await Promise.all(Object.values(services).map((service) => service.kill()));
  await Promise.all(Object.values(data.wires).map((wire) => wire.close()));
  await workplace.close();
});

const open = () => services.primary.put({ epoch: ++epoch, expiresAt: Date.now() + 60_000 });
const freeze = () => services.primary.put({ epoch: ++epoch, expiresAt: 0 });
const takesOrders = () => expect.poll(() => services.primary.order(), { timeout: 5000, interval: 2 }).toBe(201);

async function position({ url }: TestService): Promise<Position> {
  const response = await fetch(`${url}/understudy/position`);
  return (await response.json()) as Position;
}

const idsIn = async ({ query }: Pick<Database, 'query'>): Promise<readonly string[]> =>
  (await query<{ id: string }>('SELECT id::text FROM orders')).map(({ id }) => id);

const outside = { ...systemNet(), client: () => expect.unreachable() };
const specOf = () =>
  Spec.parse({
    primary: { url: `${services.primary.url}/understudy` },
    recovery: { url: `${services.recovery.url}/understudy` },
    positions: 'lsn',
  });

async function decide(phase: 'final-sync' | 'compare') {
  const target = { phase, run: sampleRun({ purpose: 'switchover' }) };
  const facts = await observe(specOf(), target, outside);
  const goal = { ...target, now: Date.now(), objectives: { rtoSeconds: 5, rpoSeconds: 1 }, recorded: {}, surveyed: {} };
  return check(goal, specOf(), facts);
}
const decides = (phase: 'final-sync' | 'compare', expected: object) =>
  expect.poll(() => decide(phase), { timeout: 10_000, interval: 5 }).toMatchObject(expected);

beforeEach(async () => {
  await open();
  await takesOrders();
});

describe('a freeze', () => {
  test('tells a position that covers every order that anybody was or will be promised', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = Array.from({ length: 150 }, () => randomUUID());
      const statuses = Promise.all(
        ids.map(async (id, index) => sleep(index / 4).then(() => services.primary.order(id))),
      );
      await sleep(15 + round * 5);
      expect(await freeze()).toBe(200);
      const frozen = await position(services.primary);
      expect(frozen).toMatchObject({ writable: false, replica: false });
      await decides('final-sync', { verdict: 'settled' });
      const there = new Set(await idsIn(data.recovery));
      const results = await statuses;
      const promised = ids.filter((_, index) => results[index] === 201);
      expect(promised.length).toBeGreaterThan(0);
      expect(promised.length).toBeLessThan(ids.length);
      expect(promised.filter((id) => !there.has(id))).toEqual([]);
      await open();
      await takesOrders();
    }
  }, 30_000);

  test('is confirmed only when the last commit that has passed the gate is on disk', async () => {
    await data.primary.query(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN PERFORM pg_sleep(0.15); RETURN NULL; END$$`);
    // Fires after the gate: in the order of the names.
    await data.primary.query(`CREATE CONSTRAINT TRIGGER then_dawdle AFTER INSERT ON orders
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()`);
    const insert = `INSERT INTO orders (id, item, amount_cents, region, epoch)
      VALUES (gen_random_uuid(), 'lamp', 1, 'eu-west-1', (SELECT epoch FROM write_lease)) RETURNING id::text`;
    let committed: string | undefined;
    const writing = data.primary.query<{ id: string }>(insert).then(([row]) => {
      committed = row?.id;
    });
    await sleep(50);
    expect(await freeze()).toBe(200);
    // Its answer may still be on the way to here; the commit itself would take 100 ms more.
    await Promise.race([writing, sleep(40)]);
    expect(committed).toBeDefined();
    await writing;
    await data.primary.query('BEGIN READ WRITE; DROP TRIGGER then_dawdle ON orders; COMMIT');
  });

  test('is over with the next grant: orders are taken again within a quarter of a second', async () => {
    const took: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      await freeze();
      await sleep(60);
      await open();
      const openedAt = performance.now();
      await takesOrders();
      took.push(performance.now() - openedAt);
    }
    const median = took.toSorted((a, b) => a - b)[4] ?? 0;
    process.stdout.write(`  reopened after ${median.toFixed(0)} ms [${Math.max(...took).toFixed(0)}]\n`);
    expect(median).toBeLessThan(250);
  }, 20_000);
});

describe('what the kind sees of both databases', () => {
  test('a writer that takes orders is not frozen; a standby says that it is one', async () => {
    expect(await decide('final-sync')).toMatchObject({
      verdict: 'wait',
      why: expect.stringContaining('is not frozen'),
    });
    expect(await position(services.recovery)).toMatchObject({ writable: false, replica: true });
  });

  test('what the standby has not heard of is waited for, and then both are equal, row by row', async () => {
    data.wires.primary.cut();
    await services.primary.order();
    await freeze();
    expect(await decide('final-sync')).toMatchObject({ verdict: 'wait', why: expect.stringContaining('has arrived') });
    data.wires.primary.heal();
    await decides('final-sync', { verdict: 'settled' });
    expect(await decide('compare')).toMatchObject({ verdict: 'settled', why: expect.stringContaining('are equal') });
  }, 20_000);

  test('after a failover, the rows that only the old primary has are named, whole, and no others', async () => {
    await freeze();
    await decides('final-sync', { verdict: 'settled' });
    data.wires.primary.cut();
    await open();
    await takesOrders();
    const orphans = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of orphans) expect(await services.primary.order(id)).toBe(201);
    const lost = await idsIn(data.primary);
    const kept = new Set(await idsIn(data.recovery));
    await data.recovery.promote();
    const run = sampleRun({ purpose: 'failback', from: recovery, to: primary });
    const { rows, ...told } = await reconcile(specOf(), { phase: 'compare', run }, outside, {
      goesOn: async () => true,
    });
    const expected = lost.filter((id) => !kept.has(id));
    expect(expected).toEqual(expect.arrayContaining(orphans));
    expect(told).toMatchObject({ compared: true, total: expected.length });
    expect(rows.map(({ key }) => key).toSorted()).toEqual(expected.toSorted());
    expect(rows[0]).toMatchObject({ table: 'orders', row: { item: 'lamp', amount_cents: 1, region: 'eu-west-1' } });
  }, 20_000);
});
