import { type Instant, isPlanned } from '../../../shared/domain/run.ts';
import { independentOfTheLostRegion } from '../../checkers/calls.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { DayHistory } from '../history.ts';
import { endOf, type InstanceNamed } from './effects.ts';
import { clock, type Effect, effectsOf, pointedPlace } from './facts.ts';

/** I9. Each run by itself: what it waits for lies neither in the Region it leaves nor in a control plane not accepted. */
export function independent({ calls, plan, runs }: DayHistory): Finding {
  for (const { entries, execution, run } of runs) {
    // A planned run moves between two Regions that are well, and needs both.
    if (isPlanned(run)) continue;
    // A takeover runs in the Region being left when the other one cannot start an execution.
    if (execution?.region === run.from.region) continue;
    const own = calls.filter(({ runId }) => runId === run.id);
    const finding = independentOfTheLostRegion({ calls: own, earlier: [], entries, lostAt: 0, plan, runs: [run] });
    if (finding.verdict !== 'passed') return { ...finding, why: `${run.id}: ${finding.why}` };
  }
  return passed(`${runs.length} runs`);
}

/**
 * I14. Nothing of ours deletes data: only a replica that one of our runs has built and nobody has promoted, when it is put
 * back. And an instance gets another name only once a snapshot of it was taken, or to get its own name back.
 */
export function nothingDeleted(history: DayHistory): Finding {
  const deleting = history.calls.find(({ caller, command }) => caller !== '' && /^(Delete|Terminate)/.test(command));
  const ours = effectsOf(history);
  const earlier = (command: string, { call, appliedAt }: Effect, id: string | undefined) =>
    ours.findLast(
      (one) =>
        one.call.command === command &&
        one.appliedAt <= appliedAt &&
        one.call.endpointRegion === call.endpointRegion &&
        (one.call.input as InstanceNamed).DBInstanceIdentifier === id,
    );
  for (const effect of ours) {
    const { call } = effect;
    const { DBInstanceIdentifier: id, NewDBInstanceIdentifier: renamed } = call.input as InstanceNamed;
    const what = `${call.runId}: ${call.caller} ${call.command} of ${id} at ${clock(effect.appliedAt, history)}`;
    if (call.command === 'DeleteDBInstance') {
      const built = earlier('CreateDBInstanceReadReplica', effect, id)?.appliedAt ?? Number.POSITIVE_INFINITY;
      const promoted = earlier('PromoteReadReplica', effect, id)?.appliedAt ?? 0;
      if (built > effect.appliedAt || promoted > built) return failed(`${what}: it may hold the only copy`);
    } else if (/^(Delete|Terminate)/.test(call.command)) {
      return failed(what);
    }
    if (call.command === 'ModifyDBInstance' && renamed !== undefined && call.caller !== 'restore') {
      if (earlier('CreateDBSnapshot', effect, id) === undefined) return failed(`${what}: no snapshot was taken before`);
    }
  }
  return passed(
    deleting === undefined ? 'no call deletes anything' : 'what was deleted had been built by a run, and not promoted',
  );
}

/** Ids of the clients' orders are counted; those of verifications are UUIDs (shared/kinds/http-transaction). */
const isVerification = (id: string): boolean => /^[0-9a-f]{8}-/.test(id);

/** I15. Before traffic moves, and before a run calls itself recovered, a real write was committed in the new Region. */
export function verifiedByAWrite(history: DayHistory): Finding {
  const { commits, plan, runs } = history;
  const verified = (region: string, from: Instant, until: Instant): boolean =>
    commits.some((one) => isVerification(one.id) && one.region === region && one.at >= from && one.at <= until);
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  for (const story of runs) {
    const end = endOf(story);
    const { openedAt, to } = story.run;
    if (end?.end !== 'recovered') continue;
    if (!verified(to.region, openedAt - skewMs, end.at + skewMs))
      return failed(`${story.run.id} calls itself recovered, but committed nothing in ${to.region}`);
  }
  for (const { appliedAt, call } of effectsOf(history)) {
    const story = runs.find(({ run }) => run.id === call.runId);
    if (story === undefined || pointedPlace(call) !== story.run.to.place) continue;
    if (!verified(story.run.to.region, story.run.openedAt - skewMs, appliedAt))
      return failed(`${story.run.id} moved traffic at ${clock(appliedAt, history)} before a write was verified`);
  }
  return passed('no success and no traffic without a verified write');
}
