import { defineStep } from './define-step.ts';
import { settleFrozen } from './freeze-window.ts';
import { participants } from './tasks.ts';

/** Proves that the Region being activated has everything that was written before the freeze. */
export const finalSync = defineStep('final-sync', async (context) => {
  if ((await participants(context, 'final-sync')).length > 0) return settleFrozen(context, 'final-sync', '');
  const why = 'no resource of the plan can show that nothing is missing: give it a data-comparison';
  return { status: 'refused', refusal: 'not-synced', why };
});
