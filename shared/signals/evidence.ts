import { isUnanswered } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { Evidence } from '../domain/detection.ts';
import type { Observer, Plan, Signal } from '../domain/plan.ts';
import type { Instant } from '../domain/run.ts';
import { readAlarms } from './alarms.ts';
import { readView } from './views.ts';

interface Asked {
  readonly watched: Signal['watches'];
  readonly now: Instant;
}

/**
 * What all observers outside a place say about it now: their alarms, and what they see themselves. All are asked at once.
 * An observer that does not answer is a state too: it says nothing about the place it watches.
 */
export async function readEvidence(outside: Outside, plan: Plan, { now, watched }: Asked): Promise<Evidence> {
  // What a place says of itself is not asked: it does not count, and a dead Region would only cost its timeout.
  const signals = plan.detection.signals.filter(({ observer, watches }) => watches === watched && observer !== watched);
  const observers = Map.groupBy(signals, ({ observer }) => observer);
  const told = await Promise.all(
    [...observers].map(([observer, own]) => askObserver(outside, plan, { observer, signals: own, watched, now })),
  );
  return { watched, now, states: told.flatMap(({ states }) => states), views: told.flatMap(({ views }) => views) };
}

type Told = Pick<Evidence, 'states' | 'views'>;

interface ObserverAsked extends Asked {
  readonly observer: Observer;
  readonly signals: readonly Signal[];
}

async function askObserver(
  outside: Outside,
  plan: Plan,
  { now, observer, signals, watched }: ObserverAsked,
): Promise<Told> {
  const windowMs = 1000 * Math.max(...signals.map(({ windowSeconds }) => windowSeconds));
  try {
    const [states, view] = await Promise.all([
      readAlarms(outside, plan.regions[observer], signals),
      readView(outside, { plan, observer, watched, from: now - windowMs, to: now }),
    ]);
    return { states, views: [view] };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return { states: signals.map((signal) => ({ signal, state: 'unanswered' })), views: [] };
  }
}
