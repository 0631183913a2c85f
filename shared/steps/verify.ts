import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Proves that the new writer works, by a real transaction in the Region being activated, before traffic moves. */
export const verify = defineStep('verify', async (context) =>
  worst(await settlePhase(context, 'verify'), 'nothing to verify'),
);
