import { kindOf } from '../kinds/registry.ts';
import type { Deps, Step, StepInput, StepResult } from './contract.ts';
import { planOf, resultOf } from './result.ts';

/**
 * Loads the kinds of the plan, with their SDK clients, in the process that will run the step soon: while writes stand still
 * nobody waits for a cold start. It reads, writes and calls nothing.
 * @throws TerminalError when no plan of that application was bundled
 */
export async function warmStep(
  { id }: Pick<Step, 'id'>,
  { request }: StepInput,
  deps: Pick<Deps, 'plans'>,
): Promise<StepResult> {
  const { resources } = planOf(deps, request.application);
  await Promise.all(resources.map(({ kind }) => kindOf(kind)));
  return resultOf(id, { status: 'settled', why: `${id} is loaded; nothing was done` });
}
