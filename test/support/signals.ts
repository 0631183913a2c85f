import type { SignalState } from '../../shared/domain/detection.ts';
import type { ObserverView } from '../../shared/domain/observer-view.ts';
import type { Signal } from '../../shared/domain/plan.ts';

/** A signal about the primary from the witness, or one like it. */
const signal = (changes: Partial<Signal> = {}): Signal => {
  const { kind = 'probe', observer = 'witness', watches = 'primary' } = changes;
  const id = `${kind}-from-${observer}`;
  return { id, kind, alarm: id, observer, watches, windowSeconds: 30, missingData: 'nothing', ...changes };
};

/** What a signal says, and how many seconds ago it began to. */
export const said = (
  state: SignalState['state'],
  changes: Partial<Signal> = {},
  since?: SignalState['since'],
): SignalState => ({ signal: signal(changes), state, ...(since === undefined ? {} : { since }) });

/** An observer that sees nothing fail. */
export const view = (observer: ObserverView['observer'], changes: Partial<ObserverView> = {}): ObserverView => ({
  observer,
  watched: { failed: 0, unanswered: 0 },
  targetFailed: 0,
  selfChecksFailed: 0,
  ...changes,
});
