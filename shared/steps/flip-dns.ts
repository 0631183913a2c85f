import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Moves traffic to the Region being activated. */
export const flipDns = defineStep('flip-dns', async (context) =>
  worst(await settlePhase(context, 'flip-dns'), 'no traffic to move'),
);
