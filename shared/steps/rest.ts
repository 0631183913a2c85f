import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Brings the Region that is not in charge to rest: what woke up there stops, and services go to their resting capacity. */
export const rest = defineStep('rest', async (context) => worst(await settlePhase(context, 'rest'), 'nothing to rest'));
