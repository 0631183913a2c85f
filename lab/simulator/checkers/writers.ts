import { isPlanned, type Run } from '../../../shared/domain/run.ts';
import { type Finding, failed, passed, unknown } from '../../checkers/finding.ts';
import type { DayHistory } from '../history.ts';
import type { Commit } from '../shop.ts';
import { clock, effectsOf, grantsOf, lockWrites, overtakenAt } from './facts.ts';

/** I1. By the commits of both databases, in true time: two clients order in both Regions once a second. */
export function neverTwoWriters(history: DayHistory): Finding {
  const { commits, plan } = history;
  if (commits.length === 0) return unknown('nothing was committed');
  const beside = writtenBeside(history);
  if (beside !== undefined) return failed(beside);
  if (plan.policy.lease === undefined) return passed(`${commits.length} commits, each in the Region promoted last`);
  let newest: Commit | undefined;
  const regionOf = new Map<number, string>();
  for (const commit of commits) {
    const { at, epoch, region } = commit;
    const owner = regionOf.get(epoch) ?? region;
    regionOf.set(epoch, owner);
    if (owner !== region) return failed(`${owner} and ${region} both committed under epoch ${epoch}`);
    if (newest !== undefined && newest.epoch > epoch) {
      const since = `${newest.region} had committed under epoch ${newest.epoch}`;
      return failed(`${region} committed under epoch ${epoch} at ${clock(at, history)}, after ${since}`);
    }
    newest = commit;
  }
  return passed(`${commits.length} commits; by epoch: ${[...regionOf].map((entry) => entry.join(' ')).join(', ')}`);
}

/** Once a database has become the writer, nothing is committed in the other Region until that one's becomes it. */
function writtenBeside(history: DayHistory): string | undefined {
  const { commits, promotions } = history;
  for (const [index, { at: since, region: writer }] of promotions.entries()) {
    const until = promotions.slice(index + 1).find(({ region }) => region !== writer)?.at ?? Number.POSITIVE_INFINITY;
    const late = commits.find(({ at, region }) => region !== writer && at > since && at < until);
    if (late !== undefined)
      return `${late.region} committed at ${clock(late.at, history)}, after ${writer} had become the writer`;
  }
  return undefined;
}

/**
 * I1. A second database becomes a writer only when the last grant of the other Region is over by the clocks there, or its
 * writers were seen to be fenced: no task of the order service was desired there any more.
 */
export function leaseOutwaited(history: DayHistory): Finding {
  const { runs, skewMs } = history;
  const grants = grantsOf(history);
  const promotions = effectsOf(history).filter(({ call }) => call.command === 'PromoteReadReplica');
  for (const { appliedAt, call } of promotions) {
    const run = runs.find((one) => one.run.id === call.runId)?.run;
    if (run === undefined || isFenced(run.from.region, appliedAt, history)) continue;
    if (isPlanned(run)) {
      const late = lateCommit(run, appliedAt, history);
      if (late !== undefined) return failed(`${run.id} promoted at ${clock(appliedAt, history)}, and ${late}`);
      continue;
    }
    if (history.plan.policy.lease === undefined)
      return failed(`${run.id} promoted at ${clock(appliedAt, history)}, and nothing had fenced ${run.from.region}`);
    const last = Math.max(
      0,
      ...grants
        .filter(({ at, region }) => region === run.from.region && at <= appliedAt)
        .map(({ expiresAt }) => expiresAt),
    );
    const endsAt = last - (skewMs[run.from.region] ?? 0);
    if (appliedAt < endsAt) {
      const until = `while ${run.from.region} could write until ${clock(endsAt, history)}`;
      return failed(`${run.id} promoted at ${clock(appliedAt, history)}, ${until}`);
    }
  }
  return passed(`${promotions.length} promotions`);
}

/** A planned run has shut the gate of the Region that it leaves: nothing is committed there until it is promoted itself. */
function lateCommit(run: Run, since: number, history: DayHistory): string | undefined {
  const { commits, promotions } = history;
  const until = promotions.find(({ at, region }) => at > since && region === run.from.region)?.at ?? Infinity;
  const late = commits.find(({ at, region }) => region === run.from.region && at > since && at < until);
  return late === undefined ? undefined : `${run.from.region} still committed at ${clock(late.at, history)}`;
}

function isFenced(region: string, at: number, history: DayHistory): boolean {
  const counts = effectsOf(history).filter(
    ({ appliedAt, call }) => call.command === 'UpdateService' && call.endpointRegion === region && appliedAt <= at,
  );
  return (counts.at(-1)?.call.input as { readonly desiredCount?: number } | undefined)?.desiredCount === 0;
}

/** I2. Of the lock, of the epoch in DNS, and of whatever a run does to a resource. */
export function epochOnlyRises(history: DayHistory): Finding {
  const writes = lockWrites(history);
  const falling = writes.find(({ epoch }, index) => epoch < (writes[index - 1]?.epoch ?? 0));
  if (falling !== undefined)
    return failed(`the lock fell back to epoch ${falling.epoch} at ${clock(falling.at, history)}`);
  const shared = history.runs.find(({ run }, index) => run.epoch === history.runs[index - 1]?.run.epoch);
  if (shared !== undefined) return failed(`${shared.run.id} and another run have the same epoch ${shared.run.epoch}`);
  const byId = new Map(history.runs.map(({ run }) => [run.id, run]));
  for (const { appliedAt, call } of effectsOf(history)) {
    const run = byId.get(call.runId ?? '');
    const until = run === undefined ? undefined : overtakenAt(run, writes);
    if (run !== undefined && until !== undefined && appliedAt > until) {
      const what = `${call.caller} ${call.command} at ${clock(appliedAt, history)}`;
      return failed(`${what} carried epoch ${run.epoch}, overtaken at ${clock(until, history)}`);
    }
  }
  return passed(`epochs ${[...new Set(writes.map(({ epoch }) => epoch))].join(', ') || 'none'}`);
}
