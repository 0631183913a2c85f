import { TerminalError } from '../domain/errors.ts';
import { worst } from '../domain/outcome.ts';
import { defineStep } from './define-step.ts';
import { settlePhase } from './tasks.ts';

/** Turns the standby data into the writer: the point of no return. It demands that Isolate has settled before. */
export const promote = defineStep('promote', async (context) => {
  const evidence = context.entries.findLast(({ event, step }) => step === 'isolate' && event === 'step-finished');
  if (evidence === undefined || evidence.refusal !== undefined) {
    throw new TerminalError('promotion without an isolated primary', { code: 'NotIsolated' });
  }
  return worst(await settlePhase(context, 'promote'), 'no data to promote');
});
