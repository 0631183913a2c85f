import { worst } from '../domain/outcome.ts';
import { closeRun } from './close-run.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Sees the application work through its public name, then hands the charge over and closes the run. */
export const confirm = defineStep('confirm', async (context) => {
  const confirmed = worst(await settlePhase(context, 'confirm'), 'nothing to confirm');
  return confirmed.status === 'settled' ? closeRun(context, 'recovered', confirmed.why) : confirmed;
});
