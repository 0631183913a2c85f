import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../lab/gameday/postgres/database.ts';
import { openWorkplace, type Workplace } from '../../lab/gameday/processes/workplace.ts';
import { openSite, type Site } from '../../lab/gameday/site.ts';
import { processSubstrate } from '../../lab/gameday/substrate.ts';
import { type Place, places } from '../../shared/domain/run.ts';

const instanceAt: Readonly<Record<Place, string>> = { primary: 'orders-primary', recovery: 'orders-recovery' };
const regionAt: Readonly<Record<Place, string>> = { primary: 'eu-west-1', recovery: 'eu-central-1' };
const refAt = (place: Place, instance = instanceAt[place]) => ({ region: regionAt[place], instance });
const other = (place: Place): Place => (place === 'primary' ? 'recovery' : 'primary');

let workplace: Workplace;
let site: Site;
let substrate: Required<ReturnType<typeof processSubstrate>>;

beforeAll(async () => {
  workplace = await openWorkplace();
  site = await openSite({ workplace, synchronous: false, gated: false });
  substrate = processSubstrate({ ...site, regions: Object.values(site.regions) }) as typeof substrate;
}, 60_000);
afterAll(async () => {
  await site?.close();
  await workplace?.close();
});

const at = (place: Place): Database => site.regions[place].database;

async function insert(place: Place, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const sql = `INSERT INTO orders (id, item, amount_cents, region) SELECT unnest($1::uuid[]), 'lamp', 100, $2`;
  await at(place).query(sql, [ids, regionAt[place]]);
  return ids;
}

const idsIn = async ({ query }: Pick<Database, 'query'>): Promise<readonly string[]> =>
  (await query<{ id: string }>('SELECT id::text FROM orders ORDER BY id')).map(({ id }) => id);

/** Writes one row after the other until it is told to stop. @returns what was acknowledged */
function writeOn(place: Place) {
  let stopped = false;
  const ids: string[] = [];
  const writing = (async () => {
    while (!stopped) ids.push(...(await insert(place, 1)));
  })();
  return async () => {
    stopped = true;
    await writing;
    return ids;
  };
}

/** The rows of what lies aside under this name, by starting it for a moment: the snapshot first, then the instance. */
async function idsKept(place: Place, name: string): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (const kept of site.regions[place].shelf.kept()) {
    if (kept.name === name) found.push(await kept.look((query) => idsIn({ query })));
  }
  return found;
}

async function goHome(place: Place, round: number): Promise<readonly string[]> {
  const aside = `${instanceAt[place]}-old-${round}`;
  await substrate.snapshotDatabase(refAt(place), aside);
  await substrate.renameDatabase(refAt(place), aside);
  const stop = writeOn(other(place));
  await substrate.createReplica(refAt(place), refAt(other(place)));
  return stop();
}

test('an old primary that has returned is kept with its orphans, and a standby takes its place, there and back', async () => {
  for (const [round, place] of (['primary', 'recovery', 'primary'] as const).entries()) {
    const to = other(place);
    await expect.poll(() => at(to).isInRecovery()).toBe(true);
    await insert(place, 2);
    await expect.poll(() => idsIn(at(to)), { timeout: 10_000 }).toEqual(await idsIn(at(place)));
    for (const one of places) site.wires[one].cut();
    const orphans = await insert(place, 3);
    await site.kill(place);
    await substrate.promoteDatabase(refAt(to));
    const after = await insert(to, 2);
    await site.revive(place);
    expect(await at(place).isInRecovery()).toBe(false);
    const [old, address] = [await idsIn(at(place)), at(place).connectionString()];
    expect(old).toEqual(expect.arrayContaining([...orphans]));

    const meanwhile = await goHome(place, round);
    expect(meanwhile.length).toBeGreaterThan(10);
    expect([await at(place).isInRecovery(), at(place).connectionString()]).toEqual([true, address]);
    await expect.poll(() => idsIn(at(place)), { timeout: 10_000 }).toEqual(await idsIn(at(to)));
    const rows = await idsIn(at(place));
    expect(rows).toEqual(expect.arrayContaining([...after, ...meanwhile]));
    expect(rows.filter((id) => orphans.includes(id))).toEqual([]);

    const aside = `${instanceAt[place]}-old-${round}`;
    expect(await idsKept(place, aside)).toEqual([old, old]);
  }
}, 60_000);

describe('what goes wrong on the way', () => {
  test('nothing is at the address of what was put aside, until it gets its name back', async () => {
    const before = await idsIn(at('recovery'));
    await substrate.renameDatabase(refAt('recovery'), 'aside');
    await expect(at('recovery').query('SELECT 1')).rejects.toThrow();
    await substrate.renameDatabase(refAt('recovery', 'aside'), instanceAt.recovery);
    expect(await idsIn(at('recovery'))).toEqual(before);
    expect(await at('recovery').isInRecovery()).toBe(false);
  });

  test('a replica is not built over a wire that is cut, and leaves nothing behind; later it is', async () => {
    await substrate.renameDatabase(refAt('primary'), 'broken-standby');
    for (const one of places) site.wires[one].cut();
    await expect(substrate.createReplica(refAt('primary'), refAt('recovery'))).rejects.toThrow();
    for (const one of places) site.wires[one].heal();
    expect(await at('recovery').query('SELECT FROM pg_replication_slots')).toEqual([]);
    await substrate.createReplica(refAt('primary'), refAt('recovery'));
    expect(await at('primary').isInRecovery()).toBe(true);
  }, 20_000);

  test('one that is deleted while it is built is not built', async () => {
    await substrate.deleteDatabase(refAt('primary'));
    expect(await at('recovery').query('SELECT FROM pg_replication_slots')).toEqual([]);
    const built = substrate.createReplica(refAt('primary'), refAt('recovery'));
    const refused = expect(built).rejects.toThrow('orders-primary was deleted');
    await sleep(300);
    await substrate.deleteDatabase(refAt('primary'));
    await refused;
    await expect(at('primary').query('SELECT 1')).rejects.toThrow();
    await substrate.createReplica(refAt('primary'), refAt('recovery'));
  });

  test('a Region that dies while its replica is built has none, and can build one when it is back', async () => {
    await substrate.deleteDatabase(refAt('primary'));
    const refused = expect(substrate.createReplica(refAt('primary'), refAt('recovery'))).rejects.toThrow();
    await sleep(300);
    await site.kill('primary');
    await refused;
    await site.revive('primary');
    await substrate.createReplica(refAt('primary'), refAt('recovery'));
    await insert('recovery', 1);
    await expect.poll(() => idsIn(at('primary')), { timeout: 10_000 }).toEqual(await idsIn(at('recovery')));
  }, 20_000);
});
