import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { StepId } from '../../shared/domain/phase.ts';
import type { Refusal } from '../../shared/domain/refusals.ts';
import type { Place, Purpose } from '../../shared/domain/run.ts';
import { closedAt, type RunSeen, runsSeen, type Seen } from './evidence.ts';
import type { Sight, Sighting } from './expectations.ts';

const newest = (seen: Seen, purpose: Purpose): RunSeen | undefined =>
  runsSeen(seen).findLast(({ run }) => run.purpose === purpose && run.openedAt >= seen.lostAt);

/** The newest run of this purpose is over: its execution has ended. */
export const ended =
  (purpose: Purpose): Sight<Seen> =>
  (seen) => {
    const last = newest(seen, purpose);
    const execution = seen.executions.find(({ name }) => name === last?.run.id);
    if (last === undefined || execution?.endedAt === undefined) return undefined;
    return { at: Math.max(execution.endedAt, closedAt(last) ?? 0), why: `${last.run.id} ${execution.status}` };
  };

/** So many runs of this purpose have ended. */
export const endedTimes =
  (purpose: Purpose, times: number): Sight<Seen> =>
  (seen) => {
    const runs = runsSeen(seen).filter(({ run }) => run.purpose === purpose);
    const ends = seen.executions
      .filter(({ name }) => runs.some(({ run }) => run.id === name))
      .flatMap((one) => one.endedAt ?? []);
    const last = ends[times - 1];
    return last === undefined ? undefined : { at: last, why: `${ends.length} runs of purpose ${purpose} have ended` };
  };

/** A planned run has moved the application, and was closed. */
export const moved =
  (purpose: Purpose): Sight<Seen> =>
  (seen) => {
    const last = newest(seen, purpose);
    const at = last && closedAt(last);
    if (last === undefined || at === undefined || !finished(last, 'flip-dns')) return undefined;
    return { at, why: `${last.run.id} moved to ${last.run.to.region}` };
  };

const finished = ({ entries }: RunSeen, step: StepId): boolean =>
  entries.some((entry) => entry.step === step && entry.event === 'step-finished' && entry.refusal === undefined);

/** The planned run was refused in this step, or failed in it. */
export const refusedIn =
  (step: StepId, refusal?: Refusal): Sight<Seen> =>
  (seen) => {
    const entries = runsSeen(seen)
      .filter(({ run }) => run.purpose !== 'failover')
      .flatMap((one) => one.entries);
    const stopped = (entry: JournalEntry): boolean =>
      refusal === undefined ? entry.refusal !== undefined || entry.event === 'failed' : entry.refusal === refusal;
    const found = entries.find((entry) => entry.step === step && stopped(entry));
    return found && { at: found.at, why: `${found.step}, ${found.refusal ?? found.event}: ${found.why}` };
  };

/** The Region at this place has a standby of the writer again. */
export const standbyAt =
  (place: Place): Sight =>
  ({ databases, endedAt, plan }) =>
    databases[plan.regions[place]] === 'standby'
      ? { at: endedAt, why: `the database of ${plan.regions[place]} is a standby` }
      : undefined;

/** A write that anybody acknowledged while a planned run moved the application did not survive. */
export const lostGoingHome: Sight = ({ endedAt, lostOnTheWay }) => {
  if (lostOnTheWay === null) return { at: endedAt, why: 'nobody could count them' };
  const lost = lostOnTheWay?.inPlannedRuns ?? 0;
  return lost === 0 ? undefined : { at: endedAt, why: `${lost} acknowledged writes` };
};

/** An acknowledged write that the failover lost is in no database that was put aside. */
export const orphanGone: Sight = ({ endedAt, lostOnTheWay }) => {
  if (lostOnTheWay === null || lostOnTheWay === undefined) return { at: endedAt, why: 'nobody could count them' };
  const { orphaned, orphansKept } = lostOnTheWay;
  return orphaned === orphansKept
    ? undefined
    : { at: endedAt, why: `${orphaned - orphansKept} of ${orphaned} are gone` };
};

/** The journal names at least as many orphaned rows as clients have lost, and at least so many. */
export const orphansWrittenDown =
  (atLeast: number): Sight =>
  (evidence) => {
    const entries = runsSeen(evidence).flatMap((one) => one.entries);
    const found = entries.find(({ data, event }) => event === 'reconciled' && totalIn(data) !== undefined);
    const total = totalIn(found?.data);
    const orphaned = evidence.lostOnTheWay?.orphaned ?? Number.POSITIVE_INFINITY;
    if (found === undefined || total === undefined || total < orphaned || orphaned < atLeast) return undefined;
    return { at: found.at, why: `${found.why}; clients were promised ${orphaned} of them` };
  };

const totalIn = (data: unknown): number | undefined =>
  typeof data === 'object' && data !== null && 'total' in data ? Number(data.total) : undefined;

/** For so long no client got an acknowledgement, whoever would have given it. */
export const stoodStill =
  (seconds: number): Sight =>
  ({ acknowledgements, endedAt, lostAt }) => {
    const times = acknowledgements.map(({ acknowledgedAt }) => acknowledgedAt).filter((at) => at >= lostAt);
    const edges = [lostAt, ...times, endedAt];
    const at = edges.find((edge, index) => (edges[index + 1] ?? edge) - edge > seconds * 1000);
    return at === undefined ? undefined : { at, why: `no order was acknowledged in the ${seconds} s that followed` };
  };

/** A call that took effect in the Region of this place. To be asked from a moment on, see `since`. */
export const calledIn =
  (place: Place, command: string): Sight<Seen> =>
  ({ calls, lostAt, plan }) => {
    const region = plan.regions[place];
    const call = calls.find(
      (one) => one.at >= lostAt && one.applied && one.command === command && one.endpointRegion === region,
    );
    return call && { at: call.at, why: `${call.service} ${command} in ${region} by ${call.caller || 'somebody'}` };
  };

/** Looks only at what came after something else; without that, there is nothing to be seen. */
export const since =
  (from: Sight, sight: Sight): Sight =>
  (evidence): Sighting | undefined => {
    const began = from(evidence);
    return began && sight({ ...evidence, lostAt: began.at });
  };

/** Which Regions have a consumer at work after each call that switched one, the primary's at first. */
function consuming({ calls, plan }: Seen): readonly { readonly at: number; readonly regions: readonly string[] }[] {
  const atWork = new Set([plan.regions.primary]);
  return calls
    .filter(({ applied, command }) => applied && command === 'UpdateEventSourceMapping')
    .map(({ appliedAt, at, endpointRegion, input }) => {
      const { Enabled } = input as { readonly Enabled?: boolean };
      if (Enabled === true) atWork.add(endpointRegion);
      else atWork.delete(endpointRegion);
      return { at: appliedAt ?? at, regions: [...atWork] };
    });
}

/** The consumer of one place is at work, and no other. */
export const consumesOnlyIn =
  (place: Place): Sight<Seen> =>
  (seen) => {
    const last = consuming(seen).at(-1);
    const isOnly = last?.regions.length === 1 && last.regions[0] === seen.plan.regions[place];
    return isOnly ? { at: last.at, why: `the consumer of ${last.regions[0]} is the only one at work` } : undefined;
  };

/** To be asked from a moment on, see `since`. */
export const bothConsume: Sight<Seen> = (seen) => {
  const both = consuming(seen).find(({ at, regions }) => at >= seen.lostAt && regions.length > 1);
  return both && { at: both.at, why: `consumers of ${both.regions.join(' and ')} are at work` };
};
