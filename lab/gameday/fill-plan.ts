import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import type { Plan } from '../../shared/domain/plan.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { plannedTraffic } from './traffic.ts';
import { type Traffic, traffics } from './traffics.ts';

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
  /** By which kind traffic is moved; default: the one that stands in the file. */
  readonly traffic?: Traffic | undefined;
}

/** Generous: the first call of a fresh process must pass on a busy machine of two cores. */
const callTimeoutSecondsOverHttp = 0.25;

const planFile = new URL('../../plans/lab.plan.yml', import.meta.url);

/**
 * The lab's plan with its addresses filled in.
 * @throws PlanError listing every problem of the plan
 */
export async function fillPlan(lab: LabValues): Promise<Plan> {
  const values: Readonly<Record<string, unknown>> = { ...lab };
  const template = await readFile(planFile, 'utf8');
  // A placeholder that is not the lab's, such as the {{id}} of a transaction, belongs to the plan itself.
  const yaml = template.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
  const plan = await loadPlan('plans/lab.plan.yml', withTraffic(yaml, lab));
  const paced = lab.overHttp
    ? { ...plan, pace: { ...plan.pace, callTimeoutSeconds: callTimeoutSecondsOverHttp } }
    : plan;
  return lab.withLease ? paced : withoutLease(paced);
}

/** Another traffic resource in the place of the one that stands there; no other kind needs a global control plane. */
function withTraffic(yaml: string, lab: LabValues): string {
  const planned = plannedTraffic(lab.traffic ?? traffics[0], lab);
  if (planned === undefined) return yaml;
  const document = parseDocument(yaml);
  const { resources } = document.toJS() as { readonly resources: readonly { readonly id: string }[] };
  document.setIn(['resources', resources.findIndex(({ id }) => id === 'orders-dns')], document.createNode(planned));
  document.deleteIn(['policy', 'acceptsControlPlane']);
  return document.toString();
}

function withoutLease(plan: Plan): Plan {
  const { lease: _lease, ...policy } = plan.policy;
  return { ...plan, policy: { ...policy, isolation: { ...policy.isolation, whenUnconfirmed: 'proceed' } } };
}
