import type { Runtime } from '../../functions/_lambda.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import { RunRequest } from '../../shared/domain/run.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { makeClockEngine } from '../asl/clock-engine.ts';
import type { LabClock } from '../cloud/clock.ts';
import { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import { runningInvocation } from '../cloud/running-function.ts';
import type { Wire } from '../cloud/wire.ts';
import { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { equipCloud } from '../gameday/equip-cloud.ts';
import { addresses } from '../gameday/orders-address.ts';
import { armAlarms, seedApplication } from '../gameday/seed-application.ts';
import { shortStack } from '../modelled/short-stack.ts';
import { noon, virtualClock } from '../modelled/virtual-clock.ts';
import { coordinationTable, failoverMachine, labOutside, labRuntime } from '../runtime.ts';
import { armCallFaults } from './call-faults.ts';
import { type Clients, openClients } from './clients.ts';
import type { Day } from './day.ts';
import { draw, durations, settingsOf } from './durations.ts';
import type { Faults } from './faults.ts';
import { type LagSample, publishLag } from './lag-metric.ts';
import { netOf } from './net.ts';
import type { Chance } from './random.ts';
import { sdkRetries } from './sdk-retries.ts';
import { openShop } from './shop.ts';

export interface OpenDayOptions {
  readonly plan: Plan;
  readonly chance: Chance;
  readonly faults: Faults;
}

/** A day that has begun: all is well, guards and probes run, clients order. */
export interface OpenDay extends Day {
  readonly clients: Clients;
  readonly lag: readonly LagSample[];
  /** The coordination table as the witness would see it, without faults. */
  readonly coordination: Coordination;
  close(): void;
}

/** The share of invocations that find no process waiting for them, and remember nothing. */
const coldShare = 0.2;
const ttlSeconds = 10;

export async function openDay({ chance, faults, plan }: OpenDayOptions): Promise<OpenDay> {
  const clock = virtualClock(noon);
  const skews = new Map<string, number>();
  const deaf = new Set<string>();
  const refusals: Day['refusals'] = new Map();
  const pace = chance.fork('durations');
  const slow = { factor: 1 };
  const take = (duration: Parameters<typeof draw>[0]) => (): number => draw(duration, pace) * slow.factor;
  const random = chance.fork('cloud').next;
  const { promotion, replicationLag, taskStart } = durations;
  const substrate = new ModelledSubstrate({
    clock,
    random,
    promotionMs: take(promotion),
    taskStartMs: take(taskStart),
  });
  const settings = settingsOf(chance.fork('settings'));
  const world = new World({ clock, random, substrate, engine: makeClockEngine(clock), settings });
  const skewMs = (region: string): number => skews.get(region) ?? 0;
  const lagMs = (): number => draw(replicationLag, pace);
  const shop = openShop({ world, plan, substrate, skewMs, lagMs });
  const refusal = (call: Parameters<NonNullable<ReturnType<Day['refusals']['get']>>>[0]): Error | undefined => {
    for (const refuse of refusals.values()) {
      const error = refuse(call);
      if (error !== undefined) return error;
    }
    return undefined;
  };
  const strike = armCallFaults({ world, faults, chance: chance.fork('faults'), refusal });
  const retries = sdkRetries(clock, chance.fork('sdk').next);
  const plugin = (wire: Wire) => shortStack(world, wire, retries);
  const log = (): void => undefined;
  const runtimeIn = (region: string): Runtime => {
    const net = netOf({ world, shop, region, deaf, chance: chance.fork(`net ${region}`), strike });
    return labRuntime({ world, plan, region, clock: skewed(clock, () => skewMs(region)), log, net, plugin });
  };
  const processes = openProcesses(runtimeIn, chance.fork('processes'));
  await equipCloud({ world, plan, runtimeOf: processes.runtimeOf, alwaysCold: true });

  const regions = { primary: { address: addresses.primary }, recovery: { address: addresses.recovery } };
  substrate.seedDatabase({ region: plan.regions.primary, instance: instances.primary }, 'writer');
  substrate.seedDatabase({ region: plan.regions.recovery, instance: instances.recovery }, 'standby');
  seedApplication({ world, plan, regions, ttlSeconds });
  const outsideOf = (region: string) =>
    labOutside({ world, plan, region, net: netOf({ world, shop, region, deaf, chance, strike }), plugin });
  await armAlarms(plan, world, outsideOf);
  const lag = publishLag({ world, plan, shop });
  await evaluate(plan, runtimeIn(plan.regions.recovery));
  startSchedules(world, plan);
  const clients = openClients({ world, plan, shop, chance: chance.fork('clients') });
  const onlooker = { region: plan.regions.recovery, tableName: coordinationTable };
  return {
    world,
    plan,
    clock,
    substrate,
    shop,
    skews,
    deaf,
    refusals,
    clients,
    lag,
    coordination: openCoordination(onlookerOutside(world, plan), clock, onlooker),
    get slowness() {
      return slow.factor;
    },
    set slowness(factor) {
      slow.factor = factor;
    },
    redeploy: processes.replace,
    start: (name, place, request) => start(world, plan, { name, region: plan.regions[place], request }),
    cancelAll: () => cancelAll(world, plan),
    close: () => {
      world.stop();
      clock.stop();
    },
  };
}

/** Durations are the same everywhere; only what a clock shows differs. */
const skewed = (clock: LabClock, aheadMs: () => number): LabClock => ({
  nowMs: () => clock.nowMs() + aheadMs(),
  sleep: clock.sleep,
});

/** One process for each function of each Region, which remembers what it has seen until it is replaced. */
function openProcesses(runtimeIn: (region: string) => Runtime, chance: Chance) {
  const warm = new Map<string, Runtime>();
  return {
    runtimeOf: (region: string): Runtime => {
      const key = `${region} ${runningInvocation.getStore()?.functionName}`;
      const kept = chance.isHit(coldShare) ? undefined : warm.get(key);
      const runtime = kept ?? runtimeIn(region);
      warm.set(key, runtime);
      return runtime;
    },
    replace: (): void => warm.clear(),
  };
}

const onlookerOutside = (world: World, plan: Plan) => {
  const none = async () => ({ answered: false, why: 'an onlooker asks nobody' }) as const;
  const region = plan.regions.recovery;
  return labOutside({ world, plan, region, net: { http: none, dns: none }, plugin: (wire) => shortStack(world, wire) });
};

const minuteMs = 60_000;
/** A little less than a minute, as the time between two invocations is not theirs. */
const durationSeconds = 58;

function startSchedules({ scheduler }: World, { application, regions }: Plan): void {
  const input = { application, durationSeconds };
  for (const region of [regions.recovery, regions.witness]) {
    scheduler.schedule({ region, functionName: 'probe', everyMs: minuteMs, input });
  }
  for (const region of [regions.primary, regions.recovery]) {
    scheduler.schedule({ region, functionName: 'guard', everyMs: minuteMs, input });
  }
  const everyMs = 5 * minuteMs;
  scheduler.schedule({ region: regions.recovery, functionName: 'evaluate', everyMs, input: { application } });
}

interface Start {
  readonly name: string;
  readonly region: string;
  readonly request: Partial<RunRequest> | undefined;
}

function start(world: World, { application }: Plan, { name, region, request }: Start): void {
  if (world.network.isLost(region)) return;
  const stateMachineArn = world.stateMachineArn(region, failoverMachine);
  const input = JSON.stringify(RunRequest.parse({ application, ...request }));
  try {
    world.stepFunctions(region).operations.StartExecution({ stateMachineArn, name, input });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
  }
}

function cancelAll(world: World, { regions }: Plan): void {
  for (const region of [regions.primary, regions.recovery]) {
    const { operations } = world.stepFunctions(region);
    const stateMachineArn = world.stateMachineArn(region, failoverMachine);
    const { executions } = operations.ListExecutions({ stateMachineArn, statusFilter: 'RUNNING' });
    for (const { executionArn } of executions) operations.StopExecution({ executionArn });
  }
}
