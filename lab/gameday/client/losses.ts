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

export interface WritersOverlap {
  /** By the databases' own times: proof of two writers. */
  readonly byCommitMs: number;
  /** By the times at which the client was told, which lag by one answer's way. */
  readonly byAckMs: number;
}

/**
 * For how long two Regions accepted writes at the same time, in one run: the old writer is the Region of the earliest
 * commit, every other is the new one. Pass the acknowledgements of one run only; failover and failback are two.
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
  const inOrder = [...acks].sort((a, b) => timeOf(a) - timeOf(b));
  const oldWriter = inOrder[0]?.region;
  const firstOfNew = inOrder.find(({ region }) => region !== oldWriter);
  const lastOfOld = inOrder.findLast(({ region }) => region === oldWriter);
  if (firstOfNew === undefined || lastOfOld === undefined) return 0;
  return Math.max(0, timeOf(lastOfOld) - timeOf(firstOfNew));
}
