import type { Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { StepContext } from './define-step.ts';

interface Halting extends Pick<StepContext, 'deps' | 'plan'> {
  readonly run: Pick<Run, 'forced'>;
}

/**
 * The kill switch stops also a run that is under way, as long as there is a way back. One that a person has started with
 * force goes on.
 */
export async function haltedBy({ deps, plan, run }: Halting): Promise<Outcome | undefined> {
  if (run.forced === true) return undefined;
  const halt = await deps.coordination.killSwitch.halted(plan.application);
  if (halt === undefined) return undefined;
  return { status: 'refused', refusal: 'halted', why: `halted by ${halt.by}: ${halt.reason}` };
}
