import type { Outcome } from '../domain/outcome.ts';
import type { RunEnd } from '../domain/ports.ts';
import { note, type StepContext } from './define-step.ts';
import { overtaken } from './overtaken.ts';

/** Gives the run lock back and says so in the journal. A run that was overtaken has nothing to give back. */
export async function closeRun(context: StepContext, end: RunEnd, why: string): Promise<Outcome> {
  const { deps, run } = context;
  if (!(await deps.coordination.lock.close(run, end))) {
    return overtaken(run);
  }
  await note(context, 'run-closed', why, { data: { end } });
  return { status: 'settled', why };
}
