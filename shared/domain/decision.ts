import type { Need } from './approval.ts';
import type { Refusal } from './refusals.ts';

/**
 * What to do next about one resource. Every branch says why, in words an operator can read aloud: the log, the state
 * machine, the CLI and the report all print the same `why`.
 */
export type Decision<A> =
  | { readonly verdict: 'settled'; readonly why: string }
  | { readonly verdict: 'wait'; readonly why: string; readonly retryAfterSeconds: number; readonly needs?: Need }
  | { readonly verdict: 'act'; readonly why: string; readonly action: A }
  | { readonly verdict: 'refuse'; readonly why: string; readonly refusal: Refusal };

export const settled = (why: string): Decision<never> => ({ verdict: 'settled', why });

export const wait = (why: string, retryAfterSeconds = 5): Extract<Decision<never>, { verdict: 'wait' }> => ({
  verdict: 'wait',
  why,
  retryAfterSeconds,
});

/** Waits for a person's permission, which no patience replaces. */
export const waitFor = (needs: Need, why: string): Decision<never> => ({ ...wait(why), needs });

export const act = <A>(action: A, why: string): Decision<A> => ({ verdict: 'act', why, action });

export const refuse = (refusal: Refusal, why: string): Decision<never> => ({ verdict: 'refuse', why, refusal });
