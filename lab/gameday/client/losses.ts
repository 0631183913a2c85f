import type { Acknowledgement } from './acknowledgement.ts';

export interface LostOrders {
  readonly count: number;
  readonly ids: readonly string[];
  readonly oldestAcknowledgedAt: number | undefined;
  readonly newestAcknowledgedAt: number | undefined;
  /**
   * How far back the data was set: from the oldest lost order to the kill, or to the newest lost order where the old primary
   * went on acknowledging, as one that was only cut off does until its lease ends. 0 when nothing was lost.
   */
  readonly rpoSeconds: number;
}

/**
 * The orders that a client was promised and that the new primary does not have, whenever they were acknowledged: one
 * that a revived old primary accepted after the kill is lost as well.
 */
export function lostOrders(
  acks: readonly Acknowledgement[],
  idsOfNewPrimary: Iterable<string>,
  killAt: number,
): LostOrders {
  const kept = new Set(idsOfNewPrimary);
  const lost = acks.filter(({ id }) => !kept.has(id)).sort((a, b) => a.acknowledgedAt - b.acknowledgedAt);
  const oldest = lost[0]?.acknowledgedAt;
  const newest = lost.at(-1)?.acknowledgedAt ?? killAt;
  return {
    count: lost.length,
    ids: lost.map(({ id }) => id),
    oldestAcknowledgedAt: oldest,
    newestAcknowledgedAt: lost.at(-1)?.acknowledgedAt,
    rpoSeconds: oldest === undefined ? 0 : (Math.max(killAt, newest) - oldest) / 1_000,
  };
}

/** What happened to the application, as far as it explains a loss. Instants as the client has them. */
export interface Moves {
  /** When each failover's Region was lost, oldest first. */
  readonly lostAt: readonly number[];
  /** Each planned run that has moved the application, from its opening to its end. */
  readonly planned: readonly { readonly from: number; readonly until: number }[];
}

export interface LossesByCause {
  readonly inFailovers: readonly string[];
  readonly inPlannedRuns: readonly string[];
  /** Of the failover that has set the data back furthest. */
  readonly rpoSeconds: number;
}

/**
 * An order that was acknowledged while a planned run moved the application was lost by that run. Any other was lost by the
 * failover that came next, or, where the old primary went on acknowledging, by the last one.
 */
export function lossesByCause(
  acks: readonly Acknowledgement[],
  idsInCharge: Iterable<string>,
  { lostAt, planned }: Moves,
): LossesByCause {
  const kept = new Set(idsInCharge);
  const isPlanned = ({ acknowledgedAt: at }: Acknowledgement): boolean =>
    planned.some(({ from, until }) => at >= from && at <= until);
  const lost = Map.groupBy(
    acks.filter(({ id }) => !kept.has(id)),
    (ack) => (isPlanned(ack) ? 'planned' : failoverOf(ack, lostAt)),
  );
  const inPlannedRuns = (lost.get('planned') ?? []).map(({ id }) => id);
  const failovers = [...lost].filter(([cause]) => cause !== 'planned').map(([, own]) => own);
  return {
    inFailovers: failovers.flat().map(({ id }) => id),
    inPlannedRuns,
    rpoSeconds: Math.max(0, ...failovers.map((own) => lostOrders(own, [], failoverAt(own, lostAt)).rpoSeconds)),
  };
}

/** Its number. What is acknowledged within the moment of the loss, on its way to the client, still belongs to it. */
function failoverOf({ acknowledgedAt }: Acknowledgement, lostAt: readonly number[]): number {
  const next = lostAt.findIndex((at) => acknowledgedAt <= at + onTheWayMs);
  return next === -1 ? lostAt.length - 1 : next;
}

const onTheWayMs = 1000;

const failoverAt = ([first]: readonly Acknowledgement[], lostAt: readonly number[]): number =>
  (first === undefined ? undefined : lostAt[failoverOf(first, lostAt)]) ?? 0;

export interface WritersOverlap {
  /** By the databases' own times: proof of two writers. */
  readonly byCommitMs: number;
  /** By the times at which the client was told, which lag by one answer's way. */
  readonly byAckMs: number;
}

/**
 * For how long two Regions accepted writes at the same time. What one Region writes under one epoch of the lease, and what it
 * writes without one, is one reign, from its first to its last order; no two reigns of different Regions may overlap.
 */
export function writersOverlapMs(acks: readonly Acknowledgement[]): WritersOverlap {
  // A repeated answer tells of an earlier commit, so the instant of the answer says nothing about who was writing.
  const fresh = acks.filter(({ isRepeated }) => !isRepeated);
  return {
    byCommitMs: overlapMs(acks, ({ committedAt }) => committedAt),
    byAckMs: overlapMs(fresh, ({ acknowledgedAt }) => acknowledgedAt),
  };
}

function overlapMs(acks: readonly Acknowledgement[], timeOf: (ack: Acknowledgement) => number): number {
  const reigns = [...Map.groupBy(acks, ({ epoch, region }) => `${region} ${epoch}`).values()].map((own) => {
    const times = own.map(timeOf).sort((a, b) => a - b);
    return { region: own[0]?.region, first: times[0] ?? 0, last: times.at(-1) ?? 0 };
  });
  const overlaps = reigns.flatMap((one, index) =>
    reigns
      .slice(index + 1)
      .filter(({ region }) => region !== one.region)
      .map((other) => (one.first <= other.first ? one.last - other.first : other.last - one.first)),
  );
  return Math.max(0, ...overlaps);
}
