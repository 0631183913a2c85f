import * as z from 'zod';
import { acceptedLoss } from '../../shared/domain/approval.ts';
import type { ApiCall } from '../cloud/history.ts';
import { type Evidence, journalsOf, runsSeen } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

export function neverTwoWriters({ writers }: Evidence): Finding {
  const { overlapMs } = writers;
  if (overlapMs > 0) return failed(`two Regions committed writes within the same ${overlapMs.toFixed(1)} ms`);
  const epochs = writers.byEpoch.toSorted((a, b) => a.epoch - b.epoch || a.firstAt - b.firstAt);
  for (const [index, { epoch, firstAt, region }] of epochs.entries()) {
    const before = epochs[index - 1];
    if (before === undefined) continue;
    if (before.epoch === epoch) return failed(`${before.region} and ${region} both committed under epoch ${epoch}`);
    if (before.lastAt > firstAt)
      return failed(`${before.region} committed under epoch ${before.epoch} after ${region}`);
  }
  const listed = epochs.map(({ epoch, region }) => `${epoch} ${region}`).join(', ');
  const rows = listed === '' ? '' : `; rows by epoch: ${listed}`;
  return passed(`no commit of the old writer is later than the first of the new one${rows}`);
}

/**
 * Promotion only after the last grant of the Region being left, by the grants and the promotions as the AWS calls tell them. Not
 * asked of a Region whose writers were seen to be fenced, or whose gate has said that it is shut.
 */
export function leaseOutwaited(evidence: Evidence): Finding {
  const { calls, plan } = evidence;
  if (plan.policy.lease === undefined) return passed('writing takes no lease in this plan');
  const promotions = calls.filter(({ applied, command }) => applied && command === 'PromoteReadReplica');
  if (promotions.length === 0) return passed('nothing was promoted');
  const findings = promotions.map((call) => outwaitedBefore(call, evidence));
  const worst =
    findings.find(({ verdict }) => verdict === 'failed') ?? findings.find(({ verdict }) => verdict !== 'passed');
  return worst ?? passed([...new Set(findings.map(({ why }) => why))].join('; '));
}

function outwaitedBefore(promotion: ApiCall, evidence: Evidence): Finding {
  const { calls, plan } = evidence;
  const skewSeconds = plan.policy.lease?.skewSeconds ?? 0;
  const seen = runsSeen(evidence);
  const by =
    seen.findLast(({ run }) => run.openedAt <= promotion.at && run.to.region === promotion.endpointRegion) ??
    seen.at(-1);
  const from = by?.run.from.region;
  if (by?.entries.some(({ data }) => isFenceProof(data))) return passed(`the writers of ${from} were fenced`);
  const ends = calls.filter(({ at }) => at <= promotion.at).flatMap((call) => grantEnd(call, from));
  if (ends.length === 0) return unknown(`no grant of ${from} was seen`);
  const end = Math.max(...ends);
  const spareMs = promotion.at - (end + skewSeconds * 1000);
  const compared = `${Math.abs(spareMs).toFixed(0)} ms ${spareMs < 0 ? 'before' : 'after'} the last of ${ends.length} grants of ${from} and a skew of ${skewSeconds} s`;
  return spareMs < 0 ? failed(`promoted ${compared}`) : passed(`promoted ${compared}`);
}

const shut = new Set<unknown>(['fence', 'gate']);

const isFenceProof = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'by' in data && shut.has(data.by);

const Renewal = z.object({
  Key: z.object({ sk: z.object({ S: z.literal('lease') }) }),
  ExpressionAttributeValues: z.object({
    ':holder': z.object({ S: z.string() }),
    ':set_expiresAt': z.object({ N: z.coerce.number() }),
  }),
});

function grantEnd({ applied, input }: ApiCall, region: string | undefined): readonly number[] {
  const renewal = applied ? Renewal.safeParse(input).data?.ExpressionAttributeValues : undefined;
  return renewal?.[':holder'].S === region && renewal !== undefined ? [renewal[':set_expiresAt'].N] : [];
}

/** By the lag that the lab itself measured on the standby before the loss, and by what was really lost. */
/** … or with a loss that a person had accepted before. */
export function promotedWithinRpo(evidence: Evidence): Finding {
  const { calls, lag, lostAt, plan, rpoSeconds, runs } = evidence;
  if (!calls.some(({ applied, command }) => applied && command === 'PromoteReadReplica'))
    return passed('nothing was promoted');
  const promotedAt = calls.find(({ applied, command }) => applied && command === 'PromoteReadReplica')?.at ?? 0;
  const accepted = acceptedLoss(
    journalsOf(evidence)
      .flat()
      .filter(({ at }) => at <= promotedAt),
  );
  if (accepted !== undefined)
    return passed(`a person had accepted to lose ${accepted === 'unknown' ? 'whatever it is' : `${accepted} s`}`);
  const to = runs[0]?.to.region;
  const before = lag.findLast(({ at, region = to }) => at <= lostAt && region === to);
  if (before === undefined) return unknown('the lab has no lag sample from before the loss');
  if (before.lagSeconds < 0) return failed('promoted although the standby did not replicate, so its lag was unknown');
  const limit = plan.objectives.rpoSeconds;
  if (before.lagSeconds > limit)
    return failed(`promoted although the lag was ${before.lagSeconds} s, above ${limit} s`);
  if (rpoSeconds === null) return unknown('nobody could count what was lost');
  if (rpoSeconds > limit) return failed(`${rpoSeconds.toFixed(3)} s of writes were lost, above ${limit} s`);
  return passed(
    `lag ${before.lagSeconds} s before the loss, ${rpoSeconds.toFixed(3)} s really lost, allowed ${limit} s`,
  );
}

/** By whichever kind: a change of records, the claim of a Region, routing controls. */
const movesTraffic = new Set(['ChangeResourceRecordSets', 'PutObject', 'UpdateRoutingControlStates']);

export function verifiedBeforeTraffic(evidence: Evidence): Finding {
  const { calls, verificationRows } = evidence;
  const moves = calls.filter(({ applied, command }) => movesTraffic.has(command) && applied);
  if (moves.length === 0) return passed('traffic was not moved');
  if (moves.some((move) => !isVerified(move, evidence)))
    return failed('traffic moved before the new writer was verified');
  if (verificationRows.length === 0) return failed('the verification record is not in the new database');
  return passed(`${verificationRows.length} verification records are rows of the new database`);
}

/** By the run that was open then, or by the one that it has taken over. */
function isVerified({ at }: ApiCall, evidence: Evidence): boolean {
  const seen = runsSeen(evidence);
  const mover = seen.findLast(({ run }) => run.openedAt <= at);
  const answersFor = seen.filter(({ run }) => run.id === mover?.run.id || run.id === mover?.run.takesOver);
  return answersFor
    .flatMap(({ entries }) => entries)
    .some((entry) => entry.step === 'verify' && entry.event === 'step-finished' && !entry.refusal && entry.at <= at);
}
