import type { Acknowledgement, Resolution } from './acknowledgement.ts';

export interface WriteGap {
  readonly gapStartAt: number;
  readonly gapEndAt: number;
  readonly gapMs: number;
}

/**
 * RTO is the gap in the client's acknowledged writes, from the kill (`since`) to the first acknowledged write through
 * the DNS name: one that was sent after the kill and written by another Region than the last one before it. Not known,
 * hence undefined, when nothing was acknowledged before the kill or the gap never closed.
 */
export function writeGap(acks: readonly Acknowledgement[], since: number): WriteGap | undefined {
  const last = acks.filter((ack) => ack.acknowledgedAt <= since).reduce(later, undefined);
  if (last === undefined) return undefined;
  const taken = acks.filter((ack) => ack.sentAt > since && ack.region !== last.region);
  if (taken.length === 0) return undefined;
  const gapEndAt = Math.min(...taken.map((ack) => ack.acknowledgedAt));
  return { gapStartAt: since, gapEndAt, gapMs: gapEndAt - since };
}

/**
 * How long nobody acknowledged while a planned run moved the application: from the last order that the Region being left
 * acknowledged to the first one that the other wrote, after the run was opened. Undefined when that one never came. What was
 * written before and is only told again counts for neither.
 */
export function moveGapMs(
  acks: readonly Acknowledgement[],
  { from, openedAt, to }: { readonly from: string; readonly to: string; readonly openedAt: number },
): number | undefined {
  const fresh = acks.filter(({ isRepeated }) => !isRepeated);
  const first = fresh.filter(({ region, sentAt }) => region === to && sentAt > openedAt).reduce(earlier, undefined);
  if (first === undefined) return undefined;
  const before = fresh.filter(({ acknowledgedAt, region }) => region === from && acknowledgedAt < first.acknowledgedAt);
  const last = before.reduce(later, undefined);
  return last === undefined ? undefined : first.acknowledgedAt - last.acknowledgedAt;
}

function earlier(best: Acknowledgement | undefined, ack: Acknowledgement): Acknowledgement {
  return best === undefined || ack.acknowledgedAt < best.acknowledgedAt ? ack : best;
}

function later(best: Acknowledgement | undefined, ack: Acknowledgement): Acknowledgement {
  return best === undefined || ack.acknowledgedAt > best.acknowledgedAt ? ack : best;
}

/**
 * How much of the time between the flip of the DNS record and the first acknowledged write passed while the client
 * still used, from its cache, the address it had used at the flip. `resolutions` are in order of time; each holds until
 * the next. What it learnt anew after the flip is the server's share and not the cache's.
 */
export function cacheShareMs(resolutions: readonly Resolution[], flippedAt: number, firstAckAt: number): number {
  const addressAtFlip = resolutions.findLast(({ at }) => at <= flippedAt)?.address;
  return resolutions
    .map((resolution, index) => ({ ...resolution, until: resolutions[index + 1]?.at ?? Number.POSITIVE_INFINITY }))
    .filter(({ fromCache, address }) => fromCache && address === addressAtFlip)
    .map(({ at, until }) => Math.max(0, Math.min(until, firstAckAt) - Math.max(at, flippedAt)))
    .reduce((sum, ms) => sum + ms, 0);
}
