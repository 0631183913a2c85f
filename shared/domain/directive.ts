import * as z from 'zod';
import { type Need, needs } from './approval.ts';
import type { JournalEntry } from './journal.ts';
import type { AcceptedLoss } from './loss.ts';
import type { Instant } from './run.ts';

const Person = z.object({
  /** Who says it. */
  by: z.string().trim().min(1, 'nobody: say who decides'),
  reason: z.string().trim().min(1, 'no reason: say why').max(500),
  at: z.number(),
  /** From then on it counts no more. */
  expiresAt: z.number(),
});

/**
 * What a person has recorded about one run: the answer to what a run asks for, or what to do with one that is held. A
 * record and not a callback, so that it can be written in any Region and outlives the execution that asked.
 */
export const Directive = z.discriminatedUnion('type', [
  Person.extend({
    type: z.literal('approve'),
    needs: z.array(z.enum(needs)).min(1),
    /** With `accept-data-loss`: the estimate that the person was shown; s. */
    loss: z.union([z.number(), z.literal('unknown')]).optional(),
  }),
  Person.extend({ type: z.literal('decline') }),
  /** Try again what did not succeed. */
  Person.extend({ type: z.literal('resume') }),
  /** Go on without this resource. */
  Person.extend({ type: z.literal('skip'), resource: z.string().min(1) }),
  /** End the run as it is: nothing more is done, and nothing is undone. */
  Person.extend({ type: z.literal('stop') }),
]);
export type Directive = z.infer<typeof Directive>;

/** Directives that answer what a run asks for, and those for a run that is held. */
export const isAnswer = ({ type }: Directive): boolean => type === 'approve' || type === 'decline';

/** What a run waits for, by its journal: the last question that nobody has answered. */
export interface Asked {
  readonly step: 'approve' | 'hold';
  readonly why: string;
  readonly needs: readonly Need[];
  readonly loss?: AcceptedLoss;
}

export function askedIn(entries: readonly JournalEntry[]): Asked | undefined {
  const last = entries.findLast(({ event, step }) => (step === 'approve' || step === 'hold') && isTurn(event));
  if (last?.event !== 'asked') return undefined;
  const { needs: wanted = [], loss } = (last.data ?? {}) as {
    readonly needs?: readonly Need[];
    readonly loss?: AcceptedLoss;
  };
  const step = last.step === 'hold' ? 'hold' : 'approve';
  return { step, why: last.why, needs: wanted, ...(loss === undefined ? {} : { loss }) };
}

const isTurn = (event: JournalEntry['event']): boolean =>
  event === 'asked' || event === 'answered' || event === 'step-finished';

export interface DirectiveFacts {
  readonly directive: unknown;
  readonly now: Instant;
  /** Whether the run holds the lock; undefined: there was never such a run. */
  readonly isActive: boolean | undefined;
  readonly asked: Asked | undefined;
}

export type DirectiveDecision =
  | { readonly accepted: true; readonly directive: Directive }
  | { readonly accepted: false; readonly why: string };

/** Whether a directive can be recorded: from somebody, in time, and for a run that waits for just that. */
export function decideDirective({ asked, directive, isActive, now }: DirectiveFacts): DirectiveDecision {
  const refuse = (why: string): DirectiveDecision => ({ accepted: false, why });
  const parsed = Directive.safeParse(directive);
  if (!parsed.success)
    return refuse(parsed.error.issues.map(({ message, path }) => `${path.join('.')}: ${message}`).join('; '));
  const { data } = parsed;
  if (isActive === undefined) return refuse('there was never such a run');
  if (!isActive) return refuse('this run is over: nothing waits for it any more');
  if (data.expiresAt <= now) return refuse(`it would have expired ${Math.round((now - data.expiresAt) / 1000)} s ago`);
  if (asked === undefined) return refuse('this run does not wait for a person');
  if (isAnswer(data) !== (asked.step === 'approve')) {
    return refuse(
      asked.step === 'approve' ? `the run ${asked.why}: approve or decline` : 'the run is held: resume, skip or stop',
    );
  }
  if (data.type !== 'approve') return { accepted: true, directive: data };
  const unanswered = asked.needs.filter((need) => !data.needs.includes(need));
  if (unanswered.length > 0) return refuse(`the run ${asked.why}; ${unanswered.join(' and ')} must be given by name`);
  return { accepted: true, directive: { ...data, ...(asked.loss === undefined ? {} : { loss: asked.loss }) } };
}

/** The resources without which the run is to go on. */
export const skippedIn = (entries: readonly JournalEntry[]): ReadonlySet<string> =>
  new Set(
    entries.flatMap(({ data, event, step }) => {
      if (step !== 'hold' || event !== 'answered') return [];
      const { directive } = data as { readonly directive: Directive };
      return directive.type === 'skip' ? [directive.resource] : [];
    }),
  );
