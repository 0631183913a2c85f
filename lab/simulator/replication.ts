import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { LabClock } from '../cloud/clock.ts';
import type { DataFollower, ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { DatabaseRef } from '../cloud/substrate.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import type { Commit } from './shop.ts';

export interface ReplicationOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  /** How long the next commit needs to arrive. */
  readonly lagMs: () => number;
}

/** The asynchronous stream from the writer to the standby of the other Region, and what each database holds. */
export interface Replication {
  take(commit: Commit): void;
  has(region: string, commit: Commit): boolean;
  /** The orders in the database that a Region has now. */
  rowsIn(region: string): ReadonlySet<string>;
  /** What each promotion has left behind, oldest first. */
  readonly promotions: readonly Promoted[];
  /** Somebody stopped it: RDS then reports a lag of −1. */
  isStopped: boolean;
  /** Added to every commit's time to arrive; ms. */
  extraLagMs: number;
  /** When the newest commit that has arrived at the standby was made; undefined: none has. */
  newestArrivedAt(): Instant | undefined;
  /** As the ReplicaLag metric would tell it now; s. */
  lagSeconds(): number;
}

/** A database that became a writer, and which rows of the other Region's it did not have. */
export interface Promoted {
  readonly at: Instant;
  readonly region: string;
  readonly missing: readonly string[];
}

interface Underway {
  readonly commit: Commit;
  readonly dueAt: Instant;
}

const keyOf = ({ instance, region }: DatabaseRef): string => `${region}/${instance}`;

/**
 * A commit arrives after the lag, if both Regions are up and the link between them is open at that moment; else it waits
 * with all that comes after it. What has not arrived when the standby is promoted, or built anew, is lost.
 */
export function replication({ lagMs, plan, substrate, world }: ReplicationOptions): Replication {
  const { clock } = world.host;
  const [books, waiting] = [openBooks(), openQueues()];
  let newestAt: Instant | undefined;
  const { databaseIn, other, regions } = sidesOf(plan);
  const isStandby = (region: string) => substrate.databaseRole(databaseIn(region)) === 'standby';

  /** What is due has arrived, in its order, if the way is open now; asked at each look, so no timer is needed. */
  const advanceFrom = (region: string): void => {
    const queue = waiting.from(region);
    for (let next = queue[0]; next !== undefined && next.dueAt <= clock.nowMs(); next = queue[0]) {
      const to = other(region);
      if (stream.isStopped || !world.isReachable(region, to) || !isStandby(to)) return;
      books.rowsOf(databaseIn(to)).add(next.commit.id);
      newestAt = next.commit.at;
      queue.shift();
    }
  };
  const advance = (): void => void regions.map(advanceFrom);
  const { promoted, promotions } = promotionsOf({ books, clock, plan });
  const copied: DataFollower['copied'] = (to, from) => {
    advance();
    books.copied(to, from);
    // What the old database there had still to send goes nowhere any more.
    waiting.from(to.region).length = 0;
  };
  substrate.follower = { ...books, promoted, copied };
  const newestArrivedAt = (): Instant | undefined => {
    advance();
    return newestAt;
  };
  const rowsIn = (region: string): ReadonlySet<string> => {
    advance();
    return books.rowsOf(databaseIn(region));
  };
  const lagSeconds = (): number => {
    advance();
    const standby = regions.find(isStandby);
    if (stream.isStopped || standby === undefined) return -1;
    return Math.max(waitingMs(waiting.from(other(standby)), clock), stream.extraLagMs, 50) / 1000;
  };
  const stream: Replication = {
    promotions,
    lagSeconds,
    isStopped: false,
    extraLagMs: 0,
    take: (commit) => {
      books.rowsOf(databaseIn(commit.region)).add(commit.id);
      waiting.from(commit.region).push({ commit, dueAt: commit.at + lagMs() + stream.extraLagMs });
    },
    has: (region, commit) => rowsIn(region).has(commit.id),
    ...{ rowsIn, newestArrivedAt },
  };
  return stream;
}

const waitingMs = ([oldest]: readonly Underway[], clock: LabClock): number =>
  oldest === undefined ? 0 : clock.nowMs() - oldest.commit.at;

/** What is under way, by the Region of the commit. */
function openQueues() {
  const queues = new Map<string, Underway[]>();
  return {
    from(region: string): Underway[] {
      const queue = queues.get(region) ?? [];
      queues.set(region, queue);
      return queue;
    },
  };
}

/** The two databases of a plan, by the Region that they lie in. */
function sidesOf({ regions }: Plan) {
  const placeOf = (region: string): Place => (regions.primary === region ? 'primary' : 'recovery');
  return {
    regions: places.map((place) => regions[place]),
    databaseIn: (region: string): DatabaseRef => ({ region, instance: instances[placeOf(region)] }),
    other: (region: string): string => regions[placeOf(region) === 'primary' ? 'recovery' : 'primary'],
  };
}

interface Promoting {
  readonly books: Books;
  readonly clock: LabClock;
  readonly plan: Plan;
}

/** Counts what a database does not have at the moment at which it becomes a writer. */
function promotionsOf({ books, clock, plan }: Promoting) {
  const { databaseIn, other } = sidesOf(plan);
  const promotions: Promoted[] = [];
  return {
    promotions,
    promoted: ({ region }: DatabaseRef): void => {
      const rows = books.rowsOf(databaseIn(region));
      const missing = [...books.rowsOf(databaseIn(other(region)))].filter((id) => !rows.has(id));
      promotions.push({ at: clock.nowMs(), region, missing });
    },
  };
}

interface Books extends Omit<DataFollower, 'promoted'> {
  rowsOf(ref: DatabaseRef): Set<string>;
}

/** The rows of each database, wherever it is moved. */
function openBooks(): Books {
  const rows = new Map<string, Set<string>>();
  const rowsOf = (ref: DatabaseRef): Set<string> => {
    const found = rows.get(keyOf(ref)) ?? new Set<string>();
    rows.set(keyOf(ref), found);
    return found;
  };
  return {
    rowsOf,
    copied: (to, from) => void rows.set(keyOf(to), new Set(rowsOf(from))),
    renamed: (ref, instance) => {
      rows.set(keyOf({ ...ref, instance }), rowsOf(ref));
      rows.delete(keyOf(ref));
    },
    removed: (ref) => void rows.delete(keyOf(ref)),
  };
}
