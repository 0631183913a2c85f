import type { Instant } from '../../shared/domain/run.ts';
import type { DatabaseState, EpochRows, ScenarioEvidence } from '../checkers/evidence.ts';
import { lostOrders, writersOverlapMs } from './client/losses.ts';
import type { ClientResult } from './client/result.ts';
import type { Lab } from './lab.ts';
import { addresses } from './orders-address.ts';
import type { RunLog } from './run-log.ts';

/** What was seen of a game day: the client's memory, the databases, DNS, the API calls and the journal. */
export interface Observed extends Pick<ScenarioEvidence, 'directOrders' | 'lostAt' | 'marks' | 'notDue'> {
  readonly lab: Lab;
  readonly result: ClientResult;
  readonly log: RunLog;
}

type Row = { readonly id: string; readonly item: string };

/** The rows of the database in charge after the game day: of the recovery Region's if it was promoted. */
async function rowsInCharge({ regions }: Lab): Promise<readonly Row[] | undefined> {
  const { database } = regions[regions.recovery.writableSince() === undefined ? 'primary' : 'recovery'];
  return database.query<Row>('SELECT id::text, item FROM orders').catch(() => undefined);
}

async function databaseStates({ regions }: Lab): Promise<ScenarioEvidence['databases']> {
  const asked = Object.values(regions).map(async ({ database, name }): Promise<[string, DatabaseState]> => {
    const isStandby = await database.isInRecovery().catch(() => undefined);
    return [name, isStandby === undefined ? 'unreachable' : isStandby ? 'standby' : 'writer'];
  });
  return Object.fromEntries(await Promise.all(asked));
}

/** Also of the Region that was left, if it is there again. */
async function rowsByEpoch({ regions }: Lab): Promise<readonly EpochRows[]> {
  const sql = `SELECT epoch::float8, region, (extract(epoch FROM min(committed_at)) * 1000)::float8 AS "firstAt",
    (extract(epoch FROM max(committed_at)) * 1000)::float8 AS "lastAt"
    FROM orders WHERE epoch IS NOT NULL GROUP BY 1, 2`;
  const asked = Object.values(regions).map(({ database }) => database.query<EpochRows & object>(sql).catch(() => []));
  const rows = (await Promise.all(asked)).flat();
  return [...Map.groupBy(rows, ({ epoch, region }) => `${epoch} ${region}`).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.reduce(together, first),
  );
}

const together = (one: EpochRows, other: EpochRows): EpochRows => ({
  ...one,
  firstAt: Math.min(one.firstAt, other.firstAt),
  lastAt: Math.max(one.lastAt, other.lastAt),
});

export async function evidenceOf({ lab, log, result, ...told }: Observed): Promise<ScenarioEvidence> {
  const rows = await rowsInCharge(lab);
  const ids = rows?.map(({ id }) => id);
  const lost = ids && lostOrders(result.acknowledgements, ids, told.lostAt);
  return {
    ...log,
    ...told,
    plan: lab.plan,
    acknowledgements: result.acknowledgements,
    databases: await databaseStates(lab),
    endedAt: result.stoppedAt,
    calls: lab.world.history,
    dnsAnswers: lab.answers.given,
    lag: lab.lag,
    writers: {
      overlapMs: writersOverlapMs(result.acknowledgements).byCommitMs,
      byEpoch: await rowsByEpoch(lab),
      writableAt: writableAt(lab),
      regionOf: regionOf(lab),
    },
    verificationRows: (rows ?? []).filter(({ item }) => item === verificationItem).map(({ id }) => id),
    acknowledgedWritesLost: lost?.count ?? null,
    rpoSeconds: lost?.rpoSeconds ?? null,
  };
}

/** As plans/lab.plan.yml writes it. */
const verificationItem = 'understudy verification';

function writableAt({ regions }: Lab): Record<string, Instant> {
  const at: Record<string, Instant> = {};
  for (const { name, writableSince } of Object.values(regions)) {
    const since = writableSince();
    if (since !== undefined) at[name] = since;
  }
  return at;
}

const regionOf = ({ plan }: Lab): Record<string, string> => ({
  [addresses.primary]: plan.regions.primary,
  [addresses.recovery]: plan.regions.recovery,
});
