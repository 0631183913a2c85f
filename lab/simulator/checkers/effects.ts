import * as z from 'zod';
import { runEnds } from '../../../shared/domain/ports.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { ApiCall } from '../../cloud/history.ts';
import { consumers, switchedBy } from '../consumers.ts';
import type { DayHistory, RunStory } from '../history.ts';
import { clock, type Effect, effectsOf, placeOf, pointedPlace } from './facts.ts';

/**
 * I6. The same effect again is allowed only when something else was done to the resource in between, as by an undo. An undo
 * may be said again as long as it, or what it undoes, need not be visible yet: a Restore that has died cannot tell whether it
 * was heard, one that undoes two attempts at the same sees the state before the first undo, and undos set a state.
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
  return call.at - Math.max(newestAt, before.appliedAt) < plan.pace.visibilitySeconds * 1000 + skewMs;
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

export interface InstanceNamed {
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
