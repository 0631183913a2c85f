import { openCoordination } from '../../shared/coordination/open.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { World } from '../cloud/world.ts';
import { armAlarms } from '../gameday/arm-alarms.ts';
import { deployStack, type Equipment, equipCloud } from '../gameday/equip-cloud.ts';
import { coordinationTable } from '../runtime.ts';
import { type Clients, openClients } from './clients.ts';
import { openConsole } from './console.ts';
import { type Switched, watchConsumers } from './consumers.ts';
import type { Day } from './day.ts';
import { publishLag } from './lag-metric.ts';
import { type ModelOptions, openModel, seedShop } from './model.ts';
import { operator } from './operator.ts';
import { openProcesses } from './processes.ts';

/** A day that has begun: all is well, guards and probes run, clients order. */
export interface OpenDay extends Day {
  readonly clients: Clients;
  readonly lag: readonly LagSample[];
  readonly switched: readonly Switched[];
  close(): void;
}

export async function openDay(options: ModelOptions): Promise<OpenDay> {
  const { chance, plan } = options;
  const model = openModel(options);
  const { clock, shop, substrate, weather, world } = model;
  const processes = openProcesses(model, chance.fork('processes'));
  const stack = { world, plan, runtimeOf: processes.runtimeOf, alwaysCold: true };
  let version = 1;
  await equipCloud({ ...stack, version: '1' });
  seedShop(model);
  await armAlarms(plan, world, processes.outsideOf);
  weather.slowness = 1;
  const lag = publishLag({ world, plan, shop, substrate });
  const switched = watchConsumers({ world, plan });
  await evaluate(plan, processes.runtimeOf(plan.regions.recovery));
  startSchedules(world, plan);
  const clients = openClients({ world, plan, shop, chance: chance.fork('clients') });
  const table = { region: plan.regions.recovery, tableName: coordinationTable };
  const coordination = openCoordination(processes.outsideOf(plan.regions.recovery), clock, table);
  const people = operator({ world, plan, coordination });
  return {
    ...model,
    clients,
    lag,
    switched,
    coordination,
    people,
    console: openConsole(world, plan),
    halts: [],
    weather,
    redeploy: processes.replace,
    upgrade: () => world.host.background(() => upgrade({ ...stack, version: String(++version) })),
    close: () => {
      world.stop();
      clock.stop();
    },
  };
}

/** A deployment whose new steps cannot go on with runs that old ones have begun: the worst that may lie behind `$LATEST`. */
async function upgrade(stack: Equipment): Promise<void> {
  await deployStack(stack);
  const { primary, recovery } = stack.plan.regions;
  for (const region of [primary, recovery]) {
    for (const name of stepIds) stack.world.lambda.registerFunction({ region, name, handler: strange });
  }
}

const strange = (): never => {
  throw new Error('this version knows nothing of the run');
};

const minuteMs = 60_000;
/** A little less than a minute, as the time between two invocations is not theirs. */
const durationSeconds = 58;

function startSchedules({ scheduler }: World, { application, regions }: Plan): void {
  const input = { application, durationSeconds };
  for (const region of [regions.primary, regions.recovery, regions.witness]) {
    scheduler.schedule({ region, functionName: 'probe', everyMs: minuteMs, input });
  }
  for (const region of [regions.primary, regions.recovery]) {
    for (const functionName of ['guard', 'take-over']) {
      scheduler.schedule({ region, functionName, everyMs: minuteMs, input });
    }
  }
  const everyMs = 5 * minuteMs;
  scheduler.schedule({ region: regions.recovery, functionName: 'evaluate', everyMs, input: { application } });
}
