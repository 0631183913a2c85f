import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Launches or grows the standby's compute, beside Isolate and Promote. */
export const scale = defineStep('scale', async (context) =>
  worst(await settlePhase(context, 'scale'), 'nothing to scale'),
);
