import type { Signal } from './plan.ts';

/** What one signal says. `unanswered`: its observer's Region did not answer, so it says nothing about the other one. */
export interface SignalState {
  readonly signal: Signal;
  readonly state: 'alarm' | 'ok' | 'insufficient-data' | 'absent' | 'unanswered';
}

export interface DetectionVerdict {
  readonly verdict: 'confirmed' | 'not-confirmed' | 'inconclusive';
  readonly why: string;
}

/**
 * Two independent signals before anything happens; when the check itself fails, do nothing. Observers that sit in the
 * watched place itself do not count: a place cannot testify against itself, nor speak once it is gone.
 */
export function detect(states: readonly SignalState[], watched: string, quorum: number): DetectionVerdict {
  const outside = states.filter(({ signal }) => signal.watches === watched && signal.observer !== watched);
  const count = (state: SignalState['state']): readonly string[] =>
    outside.filter((one) => one.state === state).map(({ signal }) => signal.id);
  const alarms = count('alarm');
  const observers = new Set(outside.filter(({ state }) => state === 'alarm').map(({ signal }) => signal.observer));
  const tally = `${alarms.length} of ${outside.length} signals in alarm (${alarms.join(', ') || 'none'}), quorum ${quorum}`;
  if (alarms.length >= quorum && observers.size >= 2) {
    return { verdict: 'confirmed', why: `${tally}, seen by ${[...observers].sort().join(' and ')}` };
  }
  if (alarms.length >= quorum) {
    return { verdict: 'inconclusive', why: `${tally}, but all from one observer: it may be the sick one` };
  }
  const mute = outside.length - alarms.length - count('ok').length;
  if (alarms.length + mute >= quorum) return { verdict: 'inconclusive', why: `${tally}, ${mute} without an answer` };
  return { verdict: 'not-confirmed', why: tally };
}
