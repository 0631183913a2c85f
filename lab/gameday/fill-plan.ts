import { readFile } from 'node:fs/promises';
import type { Plan } from '../../shared/domain/plan.ts';
import { loadPlan } from '../../shared/plan/load.ts';

/** What the lab chose when it started; the names of the placeholders in plans/lab.plan.yml. */
export interface LabValues {
  readonly primaryAddress: string;
  readonly recoveryAddress: string;
  readonly ordersPort: number;
  readonly dnsPort: number;
  readonly ttlSeconds: number;
  /** Without a lease, the plan has to accept that a Region which cannot be fenced may still be writing. */
  readonly withLease: boolean;
  /** Calls to the simulated AWS are HTTP between processes: their first ones take longer than a call within a process. */
  readonly overHttp?: boolean;
}

/** Generous: the first call of a fresh process must pass on a busy machine of two cores. */
const callTimeoutSecondsOverHttp = 0.15;

const planFile = new URL('../../plans/lab.plan.yml', import.meta.url);

/**
 * The lab's plan with its addresses filled in.
 * @throws PlanError listing every problem of the plan
 */
export async function fillPlan({ overHttp = false, withLease, ...lab }: LabValues): Promise<Plan> {
  const values: Readonly<Record<string, string | number>> = { ...lab };
  const template = await readFile(planFile, 'utf8');
  // A placeholder that is not the lab's, such as the {{id}} of a transaction, belongs to the plan itself.
  const yaml = template.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
  const plan = await loadPlan('plans/lab.plan.yml', yaml);
  const paced = overHttp ? { ...plan, pace: { ...plan.pace, callTimeoutSeconds: callTimeoutSecondsOverHttp } } : plan;
  return withLease ? paced : withoutLease(paced);
}

function withoutLease(plan: Plan): Plan {
  const { lease: _lease, ...policy } = plan.policy;
  return { ...plan, policy: { ...policy, isolation: { ...policy.isolation, whenUnconfirmed: 'proceed' } } };
}
