import { asOften, isSick, type ObserverView } from './observer-view.ts';
import type { Detection, Signal } from './plan.ts';
import type { Instant, Place } from './run.ts';

/** What one signal says. `unanswered`: its observer's Region did not answer, so it says nothing about the other one. */
export interface SignalState {
  readonly signal: Signal;
  readonly state: 'alarm' | 'ok' | 'insufficient-data' | 'absent' | 'unanswered';
  /** When it went to this state. */
  readonly since?: Instant;
}

/** Everything that is known at one moment about the place that may have failed. */
export interface Evidence {
  readonly watched: Place;
  readonly now: Instant;
  readonly states: readonly SignalState[];
  /** Of the observers that answered. */
  readonly views: readonly ObserverView[];
}

export type DetectionTerms = Pick<Detection, 'quorum' | 'holdSeconds' | 'selfCheck' | 'standby'>;

/** Only `confirmed` opens a run. */
export type DetectionVerdict =
  | { readonly verdict: 'confirmed'; readonly why: string; readonly incidentAt?: Instant }
  | { readonly verdict: 'not-confirmed' | 'inconclusive'; readonly why: string };

/**
 * Whether a place has failed: k of n signals from outside it, of two kinds and from two observers that are well
 * themselves. A place cannot testify against itself, nor speak once it is gone. In doubt, nothing is confirmed.
 */
export function detect(evidence: Evidence, terms: DetectionTerms): DetectionVerdict {
  const weighed = weigh(evidence, terms);
  const { failing } = weighed;
  const tally = tallyOf(weighed, terms);
  const doubt = (why: string): DetectionVerdict => ({ verdict: 'inconclusive', why: `${tally}; ${why}` });
  const agree = (signals: readonly Signal[]): boolean => lackOf(signals, terms) === undefined;
  let suspects = [...failing, ...weighed.ofSick];
  if (agree(suspects) && bothFail(evidence, terms)) return doubt(bothFailing(evidence));
  const answered = answeredFailures(evidence, terms);
  if (failing.length >= terms.quorum && answered > 0) {
    return { verdict: 'not-confirmed', why: `${tally}; ${badDeploy(evidence, answered)}` };
  }
  if (agree(failing)) return confirmed(evidence, failing, { tally, quorum: terms.quorum });
  if (agree(suspects))
    return doubt(`${listed(weighed.ofSick, 'observer')} cannot reach anything else: it is the sick one`);
  suspects = [...suspects, ...weighed.young];
  if (agree(suspects)) return doubt(`${listed(weighed.young, 'id')} not for ${terms.holdSeconds} s yet`);
  suspects = [...suspects, ...weighed.mute];
  if (agree(suspects)) return doubt(`${listed(weighed.mute, 'id')} without an answer`);
  const lack = lackOf(failing, terms);
  return failing.length >= terms.quorum && lack !== undefined ? doubt(lack) : { verdict: 'not-confirmed', why: tally };
}

interface Weighed {
  /** Counted. */
  readonly failing: readonly Signal[];
  /** In alarm, not for long enough. */
  readonly young: readonly Signal[];
  /** In alarm, from an observer that is sick itself. */
  readonly ofSick: readonly Signal[];
  readonly mute: readonly Signal[];
  readonly well: readonly Signal[];
}

function weigh(evidence: Evidence, terms: DetectionTerms): Weighed {
  const { now, states, views } = evidence;
  const sick = new Set(views.filter((view) => isSick(view, terms)).map(({ observer }) => observer));
  const heldSince = now - terms.holdSeconds * 1000;
  const weightOf = ({ signal, since, state }: SignalState): keyof Weighed => {
    if (state === 'ok') return 'well';
    if (state !== 'alarm' && !(state === 'insufficient-data' && tellsBySilence(signal))) return 'mute';
    if (sick.has(signal.observer)) return 'ofSick';
    const isHeld = since === undefined ? terms.holdSeconds === 0 : since <= heldSince;
    return isHeld ? 'failing' : 'young';
  };
  const groups = Map.groupBy(outsideOf(evidence, states), weightOf);
  const signalsOf = (weight: keyof Weighed) => (groups.get(weight) ?? []).map(({ signal }) => signal);
  return {
    failing: signalsOf('failing'),
    young: signalsOf('young'),
    ofSick: signalsOf('ofSick'),
    mute: signalsOf('mute'),
    well: signalsOf('well'),
  };
}

const outsideOf = ({ watched }: Evidence, states: readonly SignalState[]): readonly SignalState[] =>
  states.filter(({ signal }) => signal.watches === watched && signal.observer !== watched);

/** Missing data of this signal counts as an alarm. The silence of a probe or a heartbeat is always that of its observer. */
export const tellsBySilence = ({ kind, missingData }: Signal): boolean => kind === 'alarm' && missingData === 'failing';

/** What these signals lack to agree, or undefined. */
function lackOf(signals: readonly Signal[], { quorum }: DetectionTerms): string | undefined {
  if (signals.length < quorum) return 'too few';
  const [kinds, observers] = [distinct(signals, 'kind'), distinct(signals, 'observer')];
  if (kinds.length < 2) return `but all of the kind ${kinds[0]}: no independent evidence agrees`;
  return observers.length < 2 ? `but all from one observer, ${observers[0]}: it may be the sick one` : undefined;
}

/** Nobody sees the place to activate work, so that going there would not help. */
function bothFail({ views }: Evidence, { standby }: DetectionTerms): boolean {
  return (
    standby === 'warm' && views.length > 0 && views.every((view) => asOften(view.targetFailed, view.watched.failed))
  );
}

const bothFailing = ({ views, watched }: Evidence): string =>
  `but ${views.map(({ observer }) => observer).join(' and ')} see the other place fail as well as the ${watched}: both Regions or the way to them are sick, and going there would not help`;

/** How many probes failed, if the application itself answered all of them, and replication goes on; else 0. */
function answeredFailures(evidence: Evidence, terms: DetectionTerms): number {
  const stopped = outsideOf(evidence, evidence.states).some(
    ({ signal, state }) => signal.kind === 'replication' && state === 'alarm',
  );
  const seen = evidence.views.filter((view) => !isSick(view, terms)).map(({ watched }) => watched);
  if (stopped || seen.some(({ unanswered }) => unanswered > 0)) return 0;
  return seen.reduce((sum, { failed }) => sum + failed, 0);
}

const badDeploy = ({ watched }: Evidence, failed: number): string =>
  `but the application answered all ${failed} failed probes itself, with an error, and replication is not in alarm: the Region of the ${watched} lives. Roll back the last deployment instead`;

function confirmed(
  { states }: Evidence,
  failing: readonly Signal[],
  { quorum, tally }: { readonly quorum: number; readonly tally: string },
): DetectionVerdict {
  const why = `${tally}; ${listed(failing, 'kind')} agree, seen by ${listed(failing, 'observer')}`;
  // A signal may have been red for hours before: what began the incident is what made the quorum.
  const beganAt = states
    .filter(({ signal }) => failing.includes(signal))
    .flatMap(({ signal, since }) => (since === undefined ? [] : [Math.round(since - signal.windowSeconds * 1000)]))
    .toSorted((a, b) => a - b)[quorum - 1];
  return { verdict: 'confirmed', why, ...(beganAt === undefined ? {} : { incidentAt: beganAt }) };
}

function tallyOf({ failing, ...others }: Weighed, { quorum }: DetectionTerms): string {
  const all = failing.length + Object.values(others).reduce((sum, signals) => sum + signals.length, 0);
  return `${failing.length} of ${all} signals in alarm (${listed(failing, 'id') || 'none'}), quorum ${quorum}`;
}

const distinct = (signals: readonly Signal[], field: 'id' | 'kind' | 'observer'): readonly string[] =>
  [...new Set(signals.map((signal) => signal[field]))].sort();

const listed = (signals: readonly Signal[], field: 'id' | 'kind' | 'observer'): string =>
  distinct(signals, field).join(' and ');

/**
 * The same evidence for an application that has moved, or whose writes were frozen: what a signal has seen before says nothing
 * about the Region that is in charge now, so its alarm counts from one whole window after it, and the time for which an alarm
 * may be seen red that is not any more.
 */
export function countedSince(evidence: Evidence, calmSince: Instant | undefined, visibilitySeconds: number): Evidence {
  if (calmSince === undefined) return evidence;
  const states = evidence.states.map((one) => {
    const from = calmSince + (one.signal.windowSeconds + visibilitySeconds) * 1000;
    return { ...one, since: Math.max(one.since ?? from, from) };
  });
  return { ...evidence, states };
}
