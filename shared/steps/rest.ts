import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { promotedBefore } from './promoted-before.ts';
import { settlePhase } from './tasks.ts';

/** Brings the Region that is not in charge to rest: what woke up there stops, and services go to their resting capacity. */
export const rest = defineStep('rest', async (context) => {
  const promoted = promotedBefore(context);
  if (promoted !== undefined) return { status: 'settled', why: promoted };
  return worst(await settlePhase(context, 'rest'), 'nothing to rest');
});
