import { TerminalError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import { type Deps, type StepResult, whyLengthMax } from './contract.ts';

export function resultOf(step: StepId, outcome: Outcome): StepResult {
  return {
    step,
    status: outcome.status === 'refused' && outcome.refusal === 'stale-epoch' ? 'superseded' : outcome.status,
    why: outcome.why.length <= whyLengthMax ? outcome.why : `${outcome.why.slice(0, whyLengthMax - 1)}…`,
    retryAfterSeconds: outcome.status === 'waiting' ? Math.max(1, Math.ceil(outcome.retryAfterSeconds)) : 1,
    ...(outcome.status === 'refused' ? { refusal: outcome.refusal } : {}),
  };
}

/** @throws TerminalError when no plan of that application was bundled */
export function planOf({ plans }: Pick<Deps, 'plans'>, application: string): Plan {
  const plan = plans.get(application);
  if (plan !== undefined) return plan;
  const known = [...plans.keys()].join(', ') || 'none';
  throw new TerminalError(`no plan for application ${application}: bundled are ${known}`, {
    code: 'UnknownApplication',
  });
}
