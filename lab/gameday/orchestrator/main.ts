import { randomUUID } from 'node:crypto';
import { kindOf } from '../../../shared/kinds/registry.ts';
import { makeEngine } from '../../asl/engine.ts';
import type { Engine, EngineRun } from '../../cloud/engine.ts';
import { Lambda } from '../../cloud/lambda.ts';
import { defaultSettings } from '../../cloud/settings.ts';
import { systemClock } from '../../cloud/system-clock.ts';
import { performTask } from '../../cloud/task.ts';
import { labRuntime } from '../../runtime.ts';
import { registerHandlers } from '../equip-cloud.ts';
import type { Order, Report, Start } from './messages.ts';
import { openRemoteWorld } from './remote-world.ts';

/**
 * The entry of an orchestrator: the Step Functions engine and the Lambda handlers of one Region in a process of their own,
 * so that it can be killed or stopped like any other. It knows nothing of the World but what it asks over IPC.
 */
const tell = (report: Report): void => void process.send?.(report);
const world = openRemoteWorld(tell);
const runs = new Map<string, EngineRun>();
const engine = makeEngine();
let invokeTask: Parameters<Engine>[2]['invokeTask'] = () => Promise.reject(new Error('not equipped yet'));

process.once('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  if (order.type === 'answer') world.answered(order.id, order.answer);
  else if (order.type === 'start') start(order.start);
  else if (order.type === 'stop') runs.get(order.executionArn)?.stop();
  else void equip(order);
});

async function equip({ account, plan, region }: Extract<Order, { type: 'equip' }>): Promise<void> {
  const host = {
    account,
    clock: systemClock,
    settings: defaultSettings,
    stopping: new AbortController().signal,
    newId: randomUUID,
    // Whether the Region lives is not asked here: it lives as long as this process does.
    up: () => Promise.resolve(),
    life: () => 0,
  };
  const lambda = new Lambda(host);
  const log = (level: 'info' | 'warn' | 'error', why: string): void => tell({ type: 'log', level, why });
  const { call, dns, http } = world;
  const parts = { world: { call, host }, net: { dns, http }, plan, region, clock: systemClock, log };
  const runtimeOf = () => labRuntime(parts);
  registerHandlers(lambda, { region, runtimeOf, alwaysCold: false });
  invokeTask = (task) => performTask(task, { region, lambda, call });
  // A kind is loaded when a plan names it; here that would be in the middle of the first run.
  await Promise.all(plan.resources.map(({ kind }) => kindOf(kind)));
  tell({ type: 'ready' });
}

function start({ context, definition, input }: Start): void {
  const { executionArn } = context;
  let told = 0;
  // The engine invokes the first task before it returns, so the run is asked for where it will be.
  const tellEvents = (): void => {
    const events = runs.get(executionArn)?.events().slice(told) ?? [];
    told += events.length;
    tell({ type: 'events', executionArn, events });
  };
  const run = engine(definition, input, {
    context,
    invokeTask(task) {
      tellEvents();
      return invokeTask(task);
    },
  });
  runs.set(executionArn, run);
  void run.result.then((result) => {
    tellEvents();
    tell({ type: 'result', executionArn, result });
  });
}
