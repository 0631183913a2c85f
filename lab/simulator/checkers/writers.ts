import { type Finding, failed, passed, unknown } from '../../checkers/finding.ts';
import type { DayHistory } from '../history.ts';
import type { Commit } from '../shop.ts';
import { clock, effectsOf, lockWrites, overtakenAt } from './facts.ts';

/** I1. By the commits of both databases, in true time: two clients order in both Regions once a second. */
export function neverTwoWriters(history: DayHistory): Finding {
  const { commits } = history;
  if (commits.length === 0) return unknown('nothing was committed');
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

/** I2. Of the lock, of the epoch in DNS, and of whatever a run does to a resource. */
export function epochOnlyRises(history: DayHistory): Finding {
  const writes = lockWrites(history);
  const falling = writes.find(({ epoch }, index) => epoch < (writes[index - 1]?.epoch ?? 0));
  if (falling !== undefined)
    return failed(`the lock fell back to epoch ${falling.epoch} at ${clock(falling.at, history)}`);
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
