import type { PlanFile, Resource } from '../domain/plan.ts';
import { phasesOf } from '../kinds/phases-of.ts';
import { kindOf } from '../kinds/registry.ts';
import type { PlanProblem } from './plan-problems.ts';

/** A plan that can never come to Promote: nothing in it can show that the Region being left has stopped writing. */
export async function isolationProblems(
  { policy }: Pick<PlanFile, 'policy'>,
  resources: readonly Resource[],
): Promise<readonly PlanProblem[]> {
  if (policy.lease !== undefined || policy.isolation.whenUnconfirmed === 'proceed') return [];
  const proofs = await Promise.all(resources.map(canProve));
  if (proofs.includes(true)) return [];
  return [
    {
      path: 'policy.isolation.whenUnconfirmed',
      problem:
        'no resource can prove that the Region being left has stopped writing, there is no lease, and so every run would stop',
      remedy: 'give the plan a policy.lease, or a fence such as an ecs-service with isolate: true',
    },
  ];
}

async function canProve({ kind: id, spec }: Resource): Promise<boolean> {
  const kind = await kindOf(id);
  return phasesOf(kind, spec).includes('isolate') && (kind.provesIsolation?.(spec) ?? true);
}
