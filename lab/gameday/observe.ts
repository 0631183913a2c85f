import type { Instant } from '../../shared/domain/run.ts';
import type { EpochRows, Evidence } from '../checkers/evidence.ts';
import { lostOrders, writersOverlapMs } from './client/losses.ts';
import type { ClientResult } from './client/result.ts';
import type { Lab } from './lab.ts';
import { addresses } from './orders-address.ts';
import type { RunLog } from './run-log.ts';

/** What was seen of a game day: the client's memory, the databases, DNS, the API calls and the journal. */
export interface Observed {
  readonly lab: Lab;
  readonly lostAt: Instant;
  readonly result: ClientResult;
  readonly log: RunLog;
}

/** The rows of the database in charge after the game day. */
async function rowsInCharge({ regions }: Lab): Promise<readonly { readonly id: string; readonly item: string }[]> {
  const { database } = regions.recovery;
  return database.query<{ id: string; item: string }>('SELECT id::text, item FROM orders');
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

export async function evidenceOf({ lab, log, lostAt, result }: Observed): Promise<Evidence> {
  const rows = await rowsInCharge(lab);
  const lost = lostOrders(
    result.acknowledgements,
    rows.map(({ id }) => id),
    lostAt,
  );
  return {
    ...log,
    plan: lab.plan,
    lostAt,
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
    verificationRows: rows.filter(({ item }) => item === verificationItem).map(({ id }) => id),
    acknowledgedWritesLost: lost.count,
    rpoSeconds: lost.rpoSeconds,
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
