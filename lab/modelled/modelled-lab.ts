import type { Outside } from '../../shared/aws/outside.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Coordination, Log } from '../../shared/domain/ports.ts';
import type { Place, RunRequest } from '../../shared/domain/run.ts';
import { kindOf } from '../../shared/kinds/registry.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { makeClockEngine } from '../asl/clock-engine.ts';
import type { LabClock } from '../cloud/clock.ts';
import { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { Settings } from '../cloud/settings.ts';
import type { Wire } from '../cloud/wire.ts';
import { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { equipCloud } from '../gameday/equip-cloud.ts';
import { fillPlan } from '../gameday/fill-plan.ts';
import { addresses } from '../gameday/orders-address.ts';
import { seedApplication } from '../gameday/seed-application.ts';
import type { Traffic } from '../gameday/traffics.ts';
import { coordinationTable, failoverMachine, labOutside, labRuntime } from '../runtime.ts';
import { type Execution, executions } from './executions.ts';
import { type OrdersModel, ordersModel } from './orders-model.ts';
import { shortStack } from './short-stack.ts';
import { noon, type VirtualClock, virtualClock } from './virtual-clock.ts';

export interface ModelledLabOptions {
  /** Changes the lab's plan before anything is built on it. */
  readonly change?: (plan: Plan) => Plan;
  readonly settings?: Partial<Settings>;
  /** By which kind of resource traffic is moved; default: as plans/lab.plan.yml says. */
  readonly traffic?: Traffic;
  /** 0 ≤ random() < 1, the only source of chance. */
  readonly random?: () => number;
  readonly log?: Log;
  /** Every invocation is a new process: what one that died kept in memory is gone, as on AWS. */
  readonly alwaysCold?: boolean;
}

/**
 * The application of the game day without a single process: the deployed handlers and the deployed state machine over the
 * simulated control plane, with databases, tasks, HTTP and DNS as plain state, all in one virtual time.
 */
export interface ModelledLab {
  readonly world: World;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  readonly clock: VirtualClock;
  readonly orders: OrdersModel;
  /** The coordination table as a function in the recovery Region sees it. */
  readonly coordination: Coordination;
  /** The books of dry runs in the same table. */
  readonly dryRuns: Coordination;
  /** All that a dry run's resources may reach: the same world, on a leash. */
  readonly leashed: Outside;
  /** Starts the state machine of a Region and waits for its end. */
  run(name: string, request?: Partial<RunRequest>, region?: string): Promise<Execution>;
  /** Starts the state machine of a Region; `ended` waits for its end. */
  start(name: string, request?: Partial<RunRequest>, region?: string): void;
  ended(name: string, region?: string): Promise<Execution>;
  /** How many tasks are desired in a place. */
  desiredTasks(place: Place): number;
  close(): void;
}

/** The application as it is on a good day: evaluated once, lag measured, the primary in charge. Takes no real time. */
export async function openModelledLab(options: ModelledLabOptions = {}): Promise<ModelledLab> {
  const { change = (same) => same, log = () => undefined, random = () => 0 } = options;
  const clock = virtualClock(noon);
  const plan = change(await fillPlan({ ...labValues, traffic: options.traffic }));
  // Loading takes turns of the event loop in which virtual time would pass.
  await Promise.all(plan.resources.map(({ kind }) => kindOf(kind)));
  const substrate = new ModelledSubstrate({ clock, random });
  const world = new World({
    clock,
    random,
    substrate,
    engine: makeClockEngine(clock),
    settings: options.settings ?? {},
  });
  const orders = ordersModel({ world, plan, substrate, addresses, instances });
  const plugin = (wire: Wire) => shortStack(world, wire);
  const runtimeOf = (region: string) => labRuntime({ world, plan, region, clock, log, net: orders, plugin });
  await equipCloud({ world, plan, runtimeOf, alwaysCold: options.alwaysCold ?? false });
  seedDay({ clock, plan, substrate, world });
  const { recovery } = plan.regions;
  await evaluate(plan, runtimeOf(recovery));
  const outside = labOutside({ world, plan, region: recovery, net: orders, plugin });
  const { dryRun } = runtimeOf(recovery);
  const at = { region: recovery, tableName: coordinationTable };
  const machines = executions({ world, clock, application: plan.application, machine: failoverMachine });
  return {
    world,
    plan,
    substrate,
    clock,
    orders,
    coordination: openCoordination(outside, clock, at),
    dryRuns: dryRun.coordination,
    leashed: dryRun.outside,
    run: (name, request, region = recovery) => machines.run(name, request, region),
    start: (name, request, region = recovery) => machines.start(name, request, region),
    ended: (name, region = recovery) => machines.ended(name, region),
    desiredTasks: (place) => world.ecs(plan.regions[place]).service('shop', 'orders').desiredCount ?? 0,
    close: () => {
      world.stop();
      clock.stop();
    },
  };
}

const labValues = {
  // Guards and gates are not modelled yet: the real-time lab has them.
  withLease: false,
  primaryAddress: addresses.primary,
  recoveryAddress: addresses.recovery,
  // Nothing listens: the numbers only have to be good ones.
  ordersPort: 8080,
  dnsPort: 5353,
  ttlSeconds: 1,
};

interface Day {
  readonly clock: LabClock;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  readonly world: World;
}

function seedDay({ clock, plan, substrate, world }: Day): void {
  const regions = { primary: { address: addresses.primary }, recovery: { address: addresses.recovery } };
  const { primary, recovery } = plan.regions;
  substrate.seedDatabase({ region: primary, instance: instances.primary }, 'writer');
  substrate.seedDatabase({ region: recovery, instance: instances.recovery }, 'standby');
  seedApplication({ world, plan, regions, ttlSeconds: labValues.ttlSeconds });
  world.cloudWatch(recovery).operations.PutMetricData({
    Namespace: 'AWS/RDS',
    MetricData: [
      {
        MetricName: 'ReplicaLag',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: instances.recovery }],
        Timestamp: new Date(clock.nowMs() - 5000),
        Value: 0.1,
      },
    ],
  });
}
