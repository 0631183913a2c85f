import { TerminalError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/**
 * Fences the writers of the Region being left: best effort, and bounded, because that Region may not answer. What could
 * not be confirmed is decided by the plan, never assumed.
 */
export const isolate = defineStep('isolate', async (context) => {
  const outcomes = await fence(context);
  if (outcomes instanceof TerminalError) return unconfirmed(context, outcomes.message);
  const overtaken = [...outcomes.values()].find((one) => one.status === 'refused' && one.refusal === 'stale-epoch');
  if (overtaken !== undefined) return overtaken;
  const open = [...outcomes].filter(([, outcome]) => outcome.status !== 'settled');
  const listed = (list: Iterable<readonly [string, Outcome]>): string =>
    [...list].map(([id, { why }]) => `${id}: ${why}`).join(' · ');
  if (open.length === 0)
    return { status: 'settled', why: `fence confirmed: ${listed(outcomes) || 'nothing to fence'}` };
  return unconfirmed(context, listed(open));
});

/** A Region in trouble may also say no: a fence that fails for good is one that is not confirmed. */
async function fence(context: StepContext): Promise<ReadonlyMap<string, Outcome> | TerminalError> {
  try {
    return await settlePhase(context, 'isolate', context.plan.policy.isolation.patienceSeconds);
  } catch (error) {
    if (error instanceof TerminalError) return error;
    throw error;
  }
}

function unconfirmed({ plan }: StepContext, open: string): Outcome {
  if (plan.policy.isolation.whenUnconfirmed === 'proceed') {
    return { status: 'settled', why: `fence not confirmed, accepted by the plan (whenUnconfirmed: proceed): ${open}` };
  }
  return { status: 'refused', refusal: 'isolation-unconfirmed', why: open };
}
