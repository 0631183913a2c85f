import type { Refusal } from './refusals.ts';

/** How far one resource came in one phase. `waiting` asks the state machine to come back. */
export type Outcome =
  | { readonly status: 'settled'; readonly why: string }
  | { readonly status: 'waiting'; readonly why: string; readonly retryAfterSeconds: number }
  | { readonly status: 'refused'; readonly why: string; readonly refusal: Refusal };

export type Status = Outcome['status'];

/** A cause outweighs what it blocks. */
function severity(outcome: Outcome): number {
  if (outcome.status !== 'refused') return outcome.status === 'settled' ? 0 : 1;
  return outcome.refusal === 'dependency-refused' ? 2 : 3;
}

function outweighs(one: Outcome, other: Outcome): boolean {
  if (one.status === 'waiting' && other.status === 'waiting') return one.retryAfterSeconds < other.retryAfterSeconds;
  return severity(one) > severity(other);
}

/**
 * The outcome of a whole step is the worst of its resources' outcomes: the state machine's Choice reads that one word. Of
 * several refusals the first cause counts; of several that wait, the one to look at soonest.
 * @param outcomes by resource id, in the order of the plan; none at all means that there was nothing to do.
 */
export function worst(outcomes: ReadonlyMap<string, Outcome>, nothing: string): Outcome {
  let result: Outcome = { status: 'settled', why: nothing };
  const reasons: string[] = [];
  for (const [resource, outcome] of outcomes) {
    reasons.push(`${resource}: ${outcome.why}`);
    if (outweighs(outcome, result)) result = outcome;
  }
  if (result.status !== 'settled' || reasons.length === 0) return named(result, outcomes);
  return { status: 'settled', why: reasons.join(' · ') };
}

function named(outcome: Outcome, outcomes: ReadonlyMap<string, Outcome>): Outcome {
  for (const [resource, candidate] of outcomes) {
    if (candidate === outcome) return { ...outcome, why: `${resource}: ${outcome.why}` };
  }
  return outcome;
}
