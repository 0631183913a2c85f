import type { Detection, Observer } from './plan.ts';

/** What an observer's own probes say about the time in which its signals went off; numbers of probes. */
export interface ObserverView {
  readonly observer: Observer;
  /** Of the place that may have failed. `unanswered`: those of the failed to which the application gave no answer. */
  readonly watched: { readonly failed: number; readonly unanswered: number };
  /** Of the place to activate. */
  readonly targetFailed: number;
  /** Self-checks of which no URL answered. */
  readonly selfChecksFailed: number;
}

/**
 * Whether one thing failed about as often as another within the same time. Numbers are compared, not shares, so that
 * it does not matter how long before the trouble the time begins; one slow answer in half a minute says nothing.
 */
export const asOften = (failures: number, asOther: number): boolean => failures > 0 && 2 * failures >= asOther;

/** An observer that can reach nothing else either says something about itself, not about the place it watches. */
export function isSick(
  { selfChecksFailed, targetFailed, watched }: ObserverView,
  { selfCheck, standby }: Pick<Detection, 'selfCheck' | 'standby'>,
): boolean {
  if (selfCheck.length > 0) return asOften(selfChecksFailed, watched.failed);
  return standby === 'warm' && asOften(targetFailed, watched.failed);
}
