import * as z from 'zod';
import { runEnds } from '../../../shared/domain/ports.ts';
import { type Instant, isPlanned, type Place } from '../../../shared/domain/run.ts';
import { independentOfTheLostRegion } from '../../checkers/calls.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { ApiCall } from '../../cloud/history.ts';
import { consumers, switchedBy } from '../consumers.ts';
import type { DayHistory, RunStory } from '../history.ts';
import { clock, type Effect, effectsOf, placeOf, pointedPlace } from './facts.ts';

/** As shared/kinds/rds-read-replica reads the metric: whole periods that ended before the incident. */
const periodMs = 60_000;
const ageMsMax = 300_000;
const periodEnd = (at: Instant): Instant => (Math.floor(at / periodMs) + 1) * periodMs;

/** I5. By what the simulated RDS published, not by what the run says that it read. */
export function promotedWithinRpo(history: DayHistory): Finding {
  const { lag, plan, runs } = history;
  const promotions = effectsOf(history).filter(({ call }) => call.command === 'PromoteReadReplica');
  for (const { appliedAt, call } of promotions) {
    // A planned run proves more: see plannedLosesNothing.
    if (isPlannedRun(call.runId, history)) continue;
    const incidentAt = runs.find(({ run }) => run.id === call.runId)?.run.incidentAt ?? appliedAt;
    const there = lag.filter(({ region = call.endpointRegion }) => region === call.endpointRegion);
    const usable = there.filter(({ at }) => periodEnd(at) <= incidentAt && periodEnd(at) >= incidentAt - ageMsMax);
    const newest = Math.max(...usable.map(({ at }) => periodEnd(at)));
    const worst = Math.max(...usable.filter(({ at }) => periodEnd(at) === newest).map(({ lagSeconds }) => lagSeconds));
    const what = `promoted at ${clock(appliedAt, history)}`;
    if (wasAccepted(call, history)) continue;
    const isKnown = usable.length > 0 && worst >= 0;
    // One from before replication was seen to be stopped says nothing.
    const from = Math.max(incidentAt - ageMsMax, usable.length > 0 ? newest : 0);
    if (!isKnown && !hasFreshHeartbeat(call.endpointRegion, { from, until: incidentAt }, history))
      return failed(`${what} although the lag was unknown`);
    if (worst > plan.objectives.rpoSeconds) return failed(`${what} although the lag was ${worst} s`);
  }
  return passed(promotions.length === 0 ? 'nothing was promoted' : `${promotions.length} promotions within the RPO`);
}

/** I5. A planned run promotes a database that has every row of the one it leaves, by what the two hold at that moment. */
export function plannedLosesNothing(history: DayHistory): Finding {
  const moves = effectsOf(history).filter(
    ({ call }) => call.command === 'PromoteReadReplica' && isPlannedRun(call.runId, history),
  );
  for (const { appliedAt, call } of moves) {
    const done = history.promotions.find(({ at, region }) => region === call.endpointRegion && at >= appliedAt);
    if (done !== undefined && done.missing.length > 0)
      return failed(`${call.runId} promoted at ${clock(done.at, history)} without ${done.missing.length} rows`);
  }
  return passed(`${moves.length} planned promotions`);
}

/** I5. Whatever a client was told is in the database in charge at last, but for what a failover has left behind. */
export function nothingElseIsLost(history: DayHistory): Finding {
  const { acknowledgements, lastRows, promotions } = history;
  const leftBehind = new Set(promotions.flatMap(({ missing }) => missing));
  const lost = acknowledgements.filter(({ id }) => !lastRows.has(id) && !leftBehind.has(id));
  const [first] = lost;
  if (first === undefined) return passed(`${acknowledgements.length} orders were acknowledged`);
  return failed(
    `${lost.length} acknowledged orders are gone, the first of ${first.region} at ${clock(first.at, history)}`,
  );
}

const isPlannedRun = (runId: string | undefined, { runs }: DayHistory): boolean =>
  runs.some(({ run }) => run.id === runId && isPlanned(run));

interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

/** The standby had heard of the writer within the RPO, by what probes have published there, in periods that end in this time. */
function hasFreshHeartbeat(region: string, { from, until }: Span, { calls, plan }: DayHistory): boolean {
  return calls.some(({ applied, at, command, endpointRegion, input }) => {
    if (!applied || command !== 'PutMetricData' || endpointRegion !== region || periodEnd(at) < from) return false;
    const { MetricData = [] } = input as { readonly MetricData?: readonly Datum[] };
    return MetricData.some(
      ({ Dimensions = [], MetricName, Timestamp, Value = Number.NaN }) =>
        MetricName === 'HeartbeatAgeSeconds' &&
        Dimensions.some(({ Value: place }) => place !== undefined && plan.regions[place as Place] === region) &&
        (Timestamp?.getTime() ?? until) <= until &&
        Value <= plan.objectives.rpoSeconds,
    );
  });
}

interface Datum {
  readonly MetricName?: string;
  readonly Value?: number;
  readonly Timestamp?: Date;
  readonly Dimensions?: readonly { readonly Value?: string }[];
}

/** A person has permitted the loss before, to this run or to one that it has taken over. */
function wasAccepted({ at, runId }: ApiCall, { plan, runs }: DayHistory): boolean {
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const epoch = runs.find(({ run }) => run.id === runId)?.run.epoch ?? 0;
  return runs.some(
    ({ entries, run }) =>
      run.epoch <= epoch &&
      entries.some(
        (entry) => entry.at <= at + skewMs && Accepted.safeParse(entry.data).success && entry.event === 'answered',
      ),
  );
}

const Accepted = z.object({ granted: z.array(z.object({ need: z.literal('accept-data-loss') })).min(1) });

/**
 * I6. The same effect again is allowed only when something else was done to the resource in between, as by an undo. An undo
 * may be said again as long as what it undoes need not be visible yet: a Restore that has died cannot tell whether it was
 * heard, and undos set a state.
 */
export function eachEffectOnce(history: DayHistory): Finding {
  const effects = effectsOf(history);
  const lastOf = new Map<string, Effect>();
  for (const effect of effects) {
    const { command, runId } = effect.call;
    const resource = `${runId} ${verbOf(command)} ${placeOf(effect.call)}`;
    const before = lastOf.get(resource);
    if (before?.key === effect.key && !isUndoSaidAgain(before, effect, history)) {
      const times = `at ${clock(before.appliedAt, history)} and at ${clock(effect.appliedAt, history)}`;
      return failed(`${runId} did ${effect.key} twice, ${times}`);
    }
    lastOf.set(resource, effect);
  }
  return passed(`${effects.length} effects, none twice`);
}

/** Opening a door undoes closing it, and so with rules: they are about one resource. */
const verbOf = (command: string): string => command.replace(/^(Revoke|Authorize|Enable|Disable)/, '');

function isUndoSaidAgain(before: Effect, { call }: Effect, { plan, runs }: DayHistory): boolean {
  if (before.call.caller !== 'restore' || call.caller !== 'restore') return false;
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const intents = runs
    .flatMap(({ entries }) => entries)
    .filter(({ at, event }) => event === 'intended' && at <= before.call.at + skewMs);
  const newestAt = Math.max(...intents.map(({ at }) => at));
  return call.at - newestAt < plan.pace.visibilitySeconds * 1000 + skewMs;
}

const Closed = z.object({ end: z.enum(runEnds) });
export const endOf = ({ entries }: RunStory) => {
  const closed = entries.find(({ event }) => event === 'run-closed');
  return closed === undefined ? undefined : { ...Closed.parse(closed.data), at: closed.at, why: closed.why };
};

/** I8. What a stopped run and those it had taken over have changed is as it was, or is named in its last line. */
export function restored(history: DayHistory): Finding {
  const effects = effectsOf(history);
  let checked = 0;
  for (const story of history.runs) {
    const end = endOf(story);
    if (end?.end !== 'stopped') continue;
    checked++;
    const from = oldestOf(story, history).run.epoch;
    const chain = history.runs
      .filter(({ run }) => run.epoch >= from && run.epoch <= story.run.epoch)
      .map(({ run }) => run.id);
    const promoted = effects.find(
      ({ call }) => call.command === 'PromoteReadReplica' && chain.includes(call.runId ?? ''),
    );
    if (promoted !== undefined)
      return failed(`${story.run.id} went back behind the promotion by ${promoted.call.runId}`);
    const done = effects.filter(({ call }) => epochOf(call.runId, history) <= story.run.epoch);
    const before = stateAfter(
      done.filter(({ call }) => epochOf(call.runId, history) < from || isKept(call, chain, history)),
    );
    const after = stateAfter(done);
    const changed = [...after]
      .filter(([what, value]) => (before.get(what) ?? initially(what)) !== value)
      .map(([what]) => what);
    const unnamed = changed.filter((what) => !end.why.includes(`${resourceOf(what)}:`));
    if (unnamed.length > 0)
      return failed(`${chain.join(' and ')} stopped, but changed ${unnamed.join(', ')} and says: ${end.why}`);
  }
  return passed(`${checked} stopped runs left nothing behind that they do not name`);
}

/** What a finished Rest or Reverse has built stays, whichever run of the chain had begun it: it protects the application. */
const isKept = ({ caller, runId }: ApiCall, chain: readonly string[], { runs }: DayHistory): boolean =>
  (caller === 'rest' || caller === 'reverse') &&
  runs.some(
    ({ entries, run }) =>
      chain.indexOf(run.id) >= chain.indexOf(runId ?? '') &&
      entries.some(({ event, refusal, step }) => step === caller && event === 'step-finished' && refusal === undefined),
  );

const epochOf = (runId: string | undefined, { runs }: DayHistory): number =>
  runs.find(({ run }) => run.id === runId)?.run.epoch ?? 0;

function oldestOf(story: RunStory, history: DayHistory): RunStory {
  const before = history.runs.find(({ run }) => run.id === story.run.takesOver);
  return before === undefined ? story : oldestOf(before, history);
}

interface InstanceNamed {
  readonly DBInstanceIdentifier?: string;
  readonly NewDBInstanceIdentifier?: string;
}

/** What the effects leave: desired counts, doors and event sources by Region, which instances there are, and where traffic goes. */
function stateAfter(effects: readonly Effect[]): Map<string, unknown> {
  const state = new Map<string, unknown>();
  for (const { call } of effects) {
    const { desiredCount } = call.input as { readonly desiredCount?: number };
    if (call.command === 'UpdateService') state.set(`desired count in ${call.endpointRegion}`, desiredCount);
    const { DBInstanceIdentifier: id = '', NewDBInstanceIdentifier: renamed } = call.input as InstanceNamed;
    const is = (name: string, there: boolean) => state.set(`instance ${name} in ${call.endpointRegion}`, there);
    if (call.command === 'CreateDBInstanceReadReplica') is(id, true);
    if (call.command === 'DeleteDBInstance') is(id, false);
    if (call.command === 'ModifyDBInstance' && renamed !== undefined) {
      is(id, false);
      is(renamed, true);
    }
    const place = pointedPlace(call);
    if (place !== undefined) state.set('traffic', place);
    if (call.service === 'EC2')
      state.set(`door in ${call.endpointRegion}`, call.command.startsWith('Revoke') ? 'closed' : 'open');
    const source = switchedBy(call);
    if (source !== undefined) state.set(`${source.resource} in ${call.endpointRegion}`, source.isOn);
  }
  return state;
}

/** As lab/gameday/seed-application.ts has built the shop. */
function initially(what: string): unknown {
  if (what === 'traffic') return 'primary';
  if (what.startsWith('instance ')) return !/-understudy-/.test(what);
  if (what.startsWith('door')) return 'open';
  if (isConsumer(what)) return what.endsWith('eu-west-1');
  return what.endsWith('eu-west-1') ? 2 : 1;
}

function resourceOf(what: string): string {
  if (what === 'traffic') return 'orders-dns';
  if (what.startsWith('instance ')) return 'orders-db';
  if (isConsumer(what)) return what.split(' ')[0] ?? what;
  return what.startsWith('door') ? 'orders-db-door' : 'orders-service';
}

const isConsumer = (what: string): boolean => consumers.some(({ id }) => what.startsWith(`${id} in`));

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
