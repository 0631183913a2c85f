import { isPlanned } from '../../shared/domain/run.ts';
import {
  closedAt,
  type DatabaseState,
  type EpochRows,
  type LostOnTheWay,
  runsSeen,
  type ScenarioEvidence,
  type WritableTerm,
} from '../checkers/evidence.ts';
import { type LossesByCause, lossesByCause, type Moves, writersOverlapMs } from './client/losses.ts';
import type { ClientResult } from './client/result.ts';
import type { Lab } from './lab.ts';
import { addresses } from './orders-address.ts';
import type { Query } from './postgres/database.ts';
import type { Kept } from './postgres/shelf.ts';
import type { RunLog } from './run-log.ts';

/** What was seen of a game day: the client's memory, the databases, DNS, the API calls and the journal. */
export interface Observed extends Pick<ScenarioEvidence, 'directOrders' | 'lostAt' | 'marks' | 'notDue'> {
  readonly lab: Lab;
  readonly result: ClientResult;
  readonly log: RunLog;
}

type Row = { readonly id: string; readonly item: string };

/** The rows of the database in charge after the game day: of the one that became a writer last. */
async function rowsInCharge(lab: Lab): Promise<readonly Row[] | undefined> {
  const last = termsOf(lab).findLast(({ until }) => until === undefined);
  const region = Object.values(lab.regions).find(({ name }) => name === last?.region);
  return region?.database.query<Row>('SELECT id::text, item FROM orders').catch(() => undefined);
}

async function databaseStates({ regions }: Lab): Promise<ScenarioEvidence['databases']> {
  const asked = Object.values(regions).map(async ({ database, name }): Promise<[string, DatabaseState]> => {
    const isStandby = await database.isInRecovery().catch(() => undefined);
    return [name, isStandby === undefined ? 'unreachable' : isStandby ? 'standby' : 'writer'];
  });
  return Object.fromEntries(await Promise.all(asked));
}

/** Also of the Region that was left, if it is there again, and of what was put aside. */
async function rowsByEpoch({ regions }: Lab): Promise<readonly EpochRows[]> {
  const sql = `SELECT epoch::float8, region, (extract(epoch FROM min(committed_at)) * 1000)::float8 AS "firstAt",
    (extract(epoch FROM max(committed_at)) * 1000)::float8 AS "lastAt"
    FROM orders WHERE epoch IS NOT NULL GROUP BY 1, 2`;
  const look = (query: Query) => query<EpochRows & object>(sql).catch(() => []);
  const asked = Object.values(regions).map(({ database }) => look(database.query));
  const kept = instancesAside(regions).map((one) => one.look(look));
  const rows = (await Promise.all([...asked, ...kept])).flat();
  return [...Map.groupBy(rows, ({ epoch, region }) => `${epoch} ${region}`).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.reduce(together, first),
  );
}

const instancesAside = (regions: Lab['regions']): readonly Kept[] =>
  Object.values(regions).flatMap(({ shelf }) => shelf.kept().filter(({ what }) => what === 'instance'));

/** How many of these are rows of any database at all: of one that was put aside, or of an old primary in its place. */
async function countAside({ regions }: Lab, ids: readonly string[]): Promise<number> {
  const sql = 'SELECT id::text FROM orders WHERE id = ANY ($1::uuid[])';
  const look = (query: Query) => query<{ id: string }>(sql, [ids]).catch(() => []);
  const found = [
    ...instancesAside(regions).map((one) => one.look(look)),
    ...Object.values(regions).map(({ database }) => look(database.query)),
  ];
  return new Set((await Promise.all(found)).flat().map(({ id }) => id)).size;
}

const together = (one: EpochRows, other: EpochRows): EpochRows => ({
  ...one,
  firstAt: Math.min(one.firstAt, other.firstAt),
  lastAt: Math.max(one.lastAt, other.lastAt),
});

export async function evidenceOf({ lab, log, result, ...told }: Observed): Promise<ScenarioEvidence> {
  const rows = await rowsInCharge(lab);
  const ids = rows?.map(({ id }) => id);
  const lost = ids && lossesByCause(result.acknowledgements, ids, movesOf(log, told));
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
      terms: termsOf(lab),
      regionOf: regionOf(lab),
    },
    verificationRows: (rows ?? []).filter(({ item }) => item === verificationItem).map(({ id }) => id),
    acknowledgedWritesLost: lost === undefined ? null : lost.inFailovers.length + lost.inPlannedRuns.length,
    rpoSeconds: lost?.rpoSeconds ?? null,
    ...(log.runs.some(isPlanned) ? { lostOnTheWay: lost === undefined ? null : await onTheWay(lab, lost) } : {}),
  };
}

const onTheWay = async (lab: Lab, { inFailovers, inPlannedRuns }: LossesByCause): Promise<LostOnTheWay> => ({
  orphaned: inFailovers.length,
  orphansKept: await countAside(lab, inFailovers),
  inPlannedRuns: inPlannedRuns.length,
});

/** The fault that came before each failover is the loss of its Region. */
function movesOf(log: RunLog, { lostAt, marks }: Pick<Observed, 'lostAt' | 'marks'>): Moves {
  const seen = runsSeen(log);
  const faults = marks.filter(({ event }) => event === 'fault').map(({ at }) => at);
  const failovers = seen.filter(({ run }) => !isPlanned(run));
  const planned = seen
    .filter(({ run }) => isPlanned(run))
    .flatMap((one) => {
      const until = one.entries.some(({ event, step }) => event === 'step-finished' && step === 'flip-dns')
        ? closedAt(one)
        : undefined;
      return until === undefined ? [] : { from: one.run.openedAt, until };
    });
  const lost = failovers.map(({ run }) => faults.findLast((at) => at <= run.openedAt) ?? lostAt);
  return { lostAt: lost.length === 0 ? [lostAt] : lost, planned };
}

/** As plans/lab.plan.yml writes it. */
const verificationItem = 'understudy verification';

const termsOf = ({ regions }: Pick<Lab, 'regions'>): readonly WritableTerm[] =>
  Object.values(regions)
    .flatMap(({ name, writableTerms }) => writableTerms().map((term) => ({ region: name, ...term })))
    .toSorted((a, b) => a.since - b.since);

const regionOf = ({ plan }: Lab): Record<string, string> => ({
  [addresses.primary]: plan.regions.primary,
  [addresses.recovery]: plan.regions.recovery,
});
