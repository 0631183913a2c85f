import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import type { Plan } from '../../shared/domain/plan.ts';
import { kindOf } from '../../shared/kinds/registry.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { definitions } from '../gameday/equip-cloud.ts';
import { addresses } from '../gameday/orders-address.ts';
import { checkersSeeAfterSeconds, plannedTraffic } from '../gameday/traffic.ts';
import type { Traffic } from '../gameday/traffics.ts';
import { consumers } from './consumers.ts';
import { type PlannedSignal, returnSignals } from './return-signals.ts';

/** In what the plan of a day differs from shop.plan.yml. */
export interface Variant {
  /** By which kind of resource traffic is moved; default: by records. */
  readonly traffic?: Traffic;
  /** The database has a door of its own, which is closed as a fence. */
  readonly door?: boolean;
  /** The database that is left is to be stopped; RDS refuses that while it has a replica. */
  readonly stopSource?: boolean;
  /** Events are handed to consumers by a mapping, a rule and a schedule, which follow the application. */
  readonly consumers?: boolean;
  /** Signals watch the recovery Region as well. */
  readonly watchesBoth?: boolean;
  /** Writing needs no lease: only what is seen to be fenced has stopped. */
  readonly leaseless?: boolean;
}

const name = 'lab/simulator/shop.plan.yml';
const file = new URL('shop.plan.yml', import.meta.url);
const loaded = new Map<string, Promise<Plan>>();

/** Everything that comes from a file, before modelled time begins: nobody may wait for a file in it. */
export function loadedPlan(variant: Variant = {}): Promise<Plan> {
  const { consumers: hasConsumers, door: hasDoor, leaseless, stopSource, traffic, watchesBoth } = variant;
  const key = JSON.stringify([traffic, hasDoor, stopSource, hasConsumers, watchesBoth, leaseless]);
  const plan = loaded.get(key) ?? load(variant);
  loaded.set(key, plan);
  return plan;
}

async function load(variant: Variant): Promise<Plan> {
  const plan = await loadPlan(name, varied(await readFile(file, 'utf8'), variant));
  await Promise.all([definitions(), ...plan.resources.map(({ kind }) => kindOf(kind))]);
  return plan;
}

/** As plans/lab.plan.yml describes it. */
const door = {
  id: 'orders-db-door',
  kind: 'security-group-fence',
  primary: { securityGroup: 'sg-00000000000000001' },
  recovery: { securityGroup: 'sg-00000000000000002' },
};

function varied(yaml: string, variant: Variant): string {
  const { consumers: hasConsumers = false, door: hasDoor = false, stopSource = false, traffic = 'record' } = variant;
  const document = parseDocument(yaml);
  const { detection, resources } = document.toJS() as {
    readonly detection: { readonly signals: readonly PlannedSignal[] };
    readonly resources: readonly { readonly id: string }[];
  };
  const at = (id: string): number => resources.findIndex((resource) => resource.id === id);
  const planned = plannedTraffic(traffic, {
    primaryAddress: addresses.primary,
    recoveryAddress: addresses.recovery,
    dnsPort: 53,
  });
  if (planned !== undefined) {
    // Health checkers look at the pace of AWS here, and at a hundred times that in the game day.
    const pace = traffic === 'health-check' ? { checkersSeeAfterSeconds } : {};
    document.setIn(['resources', at('orders-dns')], document.createNode({ ...planned, ...pace }));
    document.deleteIn(['policy', 'acceptsControlPlane']);
  }
  if (variant.watchesBoth === true) {
    for (const one of returnSignals(detection.signals))
      document.addIn(['detection', 'signals'], document.createNode(one));
  }
  if (variant.leaseless === true) {
    document.deleteIn(['policy', 'lease']);
    // As long as a plan without a lease gives its fences.
    document.deleteIn(['policy', 'isolation', 'patienceSeconds']);
  }
  if (stopSource) document.setIn(['resources', at('orders-db'), 'stopSource'], true);
  if (hasDoor) document.addIn(['resources'], document.createNode(door));
  if (hasConsumers) for (const one of consumers) document.addIn(['resources'], document.createNode(one));
  return document.toString();
}
