import { openCoordination } from '../../shared/coordination/open.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { World } from '../cloud/world.ts';
import { armAlarms } from '../gameday/arm-alarms.ts';
import { equipCloud } from '../gameday/equip-cloud.ts';
import { coordinationTable } from '../runtime.ts';
import { type Clients, openClients } from './clients.ts';
import { openConsole } from './console.ts';
import type { Day } from './day.ts';
import { publishLag } from './lag-metric.ts';
import { type ModelOptions, openModel, seedShop } from './model.ts';
import { operator } from './operator.ts';
import { openProcesses } from './processes.ts';

/** A day that has begun: all is well, guards and probes run, clients order. */
export interface OpenDay extends Day {
  readonly clients: Clients;
  readonly lag: readonly LagSample[];
  close(): void;
}

export async function openDay(options: ModelOptions): Promise<OpenDay> {
  const { chance, plan } = options;
  const model = openModel(options);
  const { clock, shop, weather, world } = model;
  const processes = openProcesses(model, chance.fork('processes'));
  await equipCloud({ world, plan, runtimeOf: processes.runtimeOf, alwaysCold: true });
  seedShop(model);
  await armAlarms(plan, world, processes.outsideOf);
  weather.slowness = 1;
  const lag = publishLag({ world, plan, shop });
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
    coordination,
    people,
    console: openConsole(world, plan),
    halts: [],
    weather,
    redeploy: processes.replace,
    close: () => {
      world.stop();
      clock.stop();
    },
  };
}

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
