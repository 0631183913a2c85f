import { worst } from '../domain/outcome.ts';
import { closeRun } from './close-run.ts';
import { defineStep } from './define-step.ts';
import { promotedBefore } from './promoted-before.ts';
import { settlePhase } from './tasks.ts';

/** Gives the Region that is not in charge a replica of the writer again. A reprotect has nothing more to do then. */
export const reverse = defineStep('reverse', async (context) => {
  const promoted = promotedBefore(context);
  if (promoted !== undefined) return { status: 'settled', why: promoted };
  const reversed = worst(await settlePhase(context, 'reverse'), 'no data to replicate');
  if (reversed.status !== 'settled' || context.run.purpose !== 'reprotect') return reversed;
  return closeRun(context, 'protected', reversed.why);
});
