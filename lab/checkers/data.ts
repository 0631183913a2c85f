import type { Evidence } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

export function neverTwoWriters({ writers }: Evidence): Finding {
  const { overlapMs } = writers;
  if (overlapMs > 0) return failed(`two Regions committed writes within the same ${overlapMs.toFixed(1)} ms`);
  return passed('no commit of the old writer is later than the first of the new one');
}

/** By the lag that the lab itself measured on the standby before the loss, and by what was really lost. */
export function promotedWithinRpo({ entries, lag, lostAt, plan, rpoSeconds }: Evidence): Finding {
  if (!entries.some(({ event, step }) => step === 'promote' && event === 'acted'))
    return passed('nothing was promoted');
  const before = lag.findLast(({ at }) => at <= lostAt);
  if (before === undefined) return unknown('the lab has no lag sample from before the loss');
  if (before.lagSeconds < 0) return failed('promoted although the standby did not replicate, so its lag was unknown');
  const limit = plan.objectives.rpoSeconds;
  if (before.lagSeconds > limit)
    return failed(`promoted although the lag was ${before.lagSeconds} s, above ${limit} s`);
  if (rpoSeconds > limit) return failed(`${rpoSeconds.toFixed(3)} s of writes were lost, above ${limit} s`);
  return passed(
    `lag ${before.lagSeconds} s before the loss, ${rpoSeconds.toFixed(3)} s really lost, allowed ${limit} s`,
  );
}

export function verifiedBeforeTraffic({ calls, entries, verificationRows }: Evidence): Finding {
  const moved = calls.find(({ applied, command }) => command === 'ChangeResourceRecordSets' && applied);
  if (moved === undefined) return passed('traffic was not moved');
  const verified = entries.find(
    ({ event, step, refusal }) => step === 'verify' && event === 'step-finished' && !refusal,
  );
  if (verified === undefined || verified.at > moved.at)
    return failed('traffic moved before the new writer was verified');
  if (verificationRows.length === 0) return failed('the verification record is not in the new database');
  return passed(`${verificationRows.length} verification records are rows of the new database`);
}
