import { firstBreak } from '../../../shared/coordination/hash-chain.ts';
import { isPlanned } from '../../../shared/domain/run.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { DayHistory } from '../history.ts';
import { endOf } from './effects.ts';
import { clock, effectsOf, type LockWrite, lockWrites } from './facts.ts';

/** I7. */
export function everyEndReached({ executions, runs }: DayHistory): Finding {
  const hanging = executions.find(({ status }) => status === 'RUNNING' || status === 'TIMED_OUT');
  if (hanging !== undefined) return failed(`execution ${hanging.name} is ${hanging.status}`);
  const newest = Math.max(0, ...runs.map(({ run }) => run.epoch));
  for (const story of runs) {
    const { execution, run } = story;
    const saysItIsOver = execution?.status === 'SUCCEEDED' || execution?.error === 'Stopped';
    if (saysItIsOver && endOf(story) === undefined && run.epoch === newest)
      return failed(`execution ${run.id} ended as ${execution.error ?? execution.status}, but its run is open`);
  }
  return passed(`${executions.length} executions came to an end`);
}

/** I10. A run is opened only while no other is open, or when the other gave no sign of life for as long as the plan says. */
export function oneRunAtATime(history: DayHistory): Finding {
  const { policy } = history.plan;
  const staleAfterMs = policy.takeOverAfterSeconds * 1000 - (policy.lease?.skewSeconds ?? 0) * 1000;
  const writes = lockWrites(history);
  for (const [index, write] of writes.entries()) {
    const before = writes[index - 1];
    if (write.isHeartbeat || write.runId === undefined || before?.runId === undefined) continue;
    if (before.runId === write.runId || isPreempted(before.runId, write, writes)) continue;
    const silentMs = write.heartbeatAt - before.heartbeatAt;
    if (silentMs < staleAfterMs)
      return failed(`${write.runId} took over from ${before.runId} after ${silentMs} ms of silence`);
  }
  return passed(`${history.runs.length} runs, one at a time`);
}

/** A failover need not wait for the run that a person has planned, not even until that one has written its first line. */
function isPreempted(before: string, by: LockWrite, writes: readonly LockWrite[]): boolean {
  const left = writes.find(({ isHeartbeat, runId }) => !isHeartbeat && runId === before)?.purpose;
  return left !== undefined && left !== 'failover' && by.purpose === 'failover';
}

/** I11. No run starts by itself so soon after another one, nor while a person has halted the application. */
export function coolDownKept({ calls, halts, plan, runs, ...history }: DayHistory): Finding {
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const writes = lockWrites({ calls });
  for (const { run } of runs) {
    if (run.forced === true || run.takesOver !== undefined) continue;
    const opening = writes.find(({ isHeartbeat, runId }) => !isHeartbeat && runId === run.id);
    const last = opening?.lastRun;
    const at = opening?.at ?? run.openedAt;
    const what = `${run.id} was opened at ${clock(at, history)}`;
    const halt = halts.find((one) => at > one.at + haltSettlesMs && at < (one.endedAt ?? at));
    if (halt !== undefined) return failed(`${what}, while the application was halted`);
    if (last === undefined || last.isAcknowledged || isPlanned(run)) continue;
    const sinceMs = at - last.endedAt;
    if (sinceMs < plan.policy.coolDownSeconds * 1000 - skewMs)
      return failed(`${what}, ${sinceMs / 1000} s after the end of ${last.id}`);
  }
  return passed(`${runs.length} runs, none by itself in a cool-down or while halted`);
}

/** Detect may have looked at the kill switch just before it was thrown. */
const haltSettlesMs = 30_000;

/**
 * I3. The Region that a run puts in charge has the data, or its promotion was asked for. A person may end a run whose standby
 * could not be looked at, or showed a status that a promotion has as well: then, and only then, nobody knew.
 */
export function chargeFollowsTheData(history: DayHistory): Finding {
  const { calls, plan, promotions, runs } = history;
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const asked = effectsOf(history).filter(({ call }) => call.command === 'PromoteReadReplica');
  for (const story of runs) {
    const end = endOf(story);
    const { region } = story.run.to;
    if (end === undefined || end.end === 'stopped') continue;
    const moves = [...promotions, ...asked.map(({ appliedAt: at, call }) => ({ at, region: call.endpointRegion }))];
    const isThere = moves.some((one) => one.region === region && one.at <= end.at + skewMs);
    if (isThere || region === plan.regions.primary) continue;
    const looks = calls.filter(({ caller, runId, service }) => {
      return caller === 'hold' && runId === story.run.id && service === 'RDS';
    });
    if (looks.at(-1)?.outcome === 'answered' && !looksDifferent(end.at, history))
      return failed(`${story.run.id} put ${region} in charge, whose database was never promoted`);
  }
  return passed(`${runs.length} runs left the Region in charge that has the data`);
}

const looksDifferent = (at: number, { happened }: DayHistory): boolean =>
  happened.some((one) => one.id.startsWith('standby-') && one.at <= at && at <= (one.endedAt ?? at));

/** I12. */
export const cameToRest = ({ endedAt, healedAt, unrest }: DayHistory): Finding =>
  unrest === undefined ? passed(`at rest ${(endedAt - healedAt) / 1000} s after all was healed`) : failed(unrest);

/** I13. Unbroken, and with an intent before each effect. */
export function journalIsWhole(history: DayHistory): Finding {
  const { plan, runs } = history;
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const effects = effectsOf(history);
  for (const { entries, run } of runs) {
    const broken = firstBreak(entries);
    if (broken !== undefined) return failed(`${run.id}: ${broken.why}`);
    for (const { appliedAt, call } of effects.filter((effect) => effect.call.runId === run.id)) {
      const steps = call.caller === 'restore' ? undefined : call.caller;
      const chain = steps === undefined ? runs.flatMap((one) => one.entries) : entries;
      const intended = chain.some(
        (entry) =>
          entry.event === 'intended' && (steps === undefined || entry.step === steps) && entry.at <= call.at + skewMs,
      );
      const what = `${call.caller} ${call.command} at ${clock(appliedAt, history)}`;
      if (!intended) return failed(`${run.id}: the journal has no intent of ${what}`);
    }
  }
  const lines = runs.reduce((sum, { entries }) => sum + entries.length, 0);
  return passed(`${lines} lines in ${runs.length} journals, chained without a gap`);
}

/** G1. */
export function dryRunsChangeNothing({ calls, executions }: DayHistory): Finding {
  const names = new Set(executions.filter(({ isDryRun }) => isDryRun).map(({ name }) => name));
  const own = calls.filter(({ applied, mutating, runId }) => applied && mutating && names.has(runId ?? ''));
  const forbidden = own.find(({ command, input, service }) => {
    const { Item } = input as { readonly Item?: { readonly pk?: { readonly S?: string } } };
    return service !== 'DynamoDB' || command !== 'PutItem' || Item?.pk?.S?.startsWith('dry-run#') !== true;
  });
  if (forbidden !== undefined) return failed(`dry run ${forbidden.runId} called ${forbidden.command}`);
  return passed(`${names.size} dry runs`);
}
