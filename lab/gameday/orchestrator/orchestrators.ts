import { fileURLToPath } from 'node:url';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Log } from '../../../shared/domain/ports.ts';
import type { Engine, EngineEvent, EngineResult, EngineRun } from '../../cloud/engine.ts';
import { runningFunction } from '../../cloud/running-function.ts';
import type { World } from '../../cloud/world.ts';
import type { LabProcess } from '../processes/lab-process.ts';
import type { Workplace } from '../processes/workplace.ts';
import type { Roads } from '../roads.ts';
import { flatten } from './flat-error.ts';
import type { Answer, Order, Question, Report } from './messages.ts';

const entry = fileURLToPath(import.meta.resolve('./main.ts'));

export interface OrchestratorsWanted {
  readonly workplace: Workplace;
  readonly region: string;
  /** How many processes; each execution runs in the first that is alive when it starts. */
  readonly count: number;
  readonly log: Log;
}

/** What the orchestrators can reach of the lab, once there is one. */
export interface Surroundings {
  readonly world: World;
  readonly roads: Roads;
  readonly plan: Plan;
}

/** Processes that run the executions of one Region. One that is killed leaves its executions RUNNING for ever. */
export interface Orchestrators {
  readonly engine: Engine;
  /** Resolves when all of them are ready for an execution. */
  equip(surroundings: Surroundings): Promise<void>;
  /** SIGKILL to the process that runs the executions now; later ones go to the next. */
  killActive(): void;
  /** SIGSTOP: it does nothing until `thaw`. Later executions go to the next. */
  freezeActive(): void;
  thaw(): void;
}

interface Execution {
  readonly events: EngineEvent[];
  readonly ended: PromiseWithResolvers<EngineResult>;
}

interface Orchestrator {
  readonly process: LabProcess;
  isFrozen: boolean;
}

export function startOrchestrators({ count, log, region, workplace }: OrchestratorsWanted): Orchestrators {
  const executions = new Map<string, Execution>();
  const orchestrators = Array.from({ length: count }, (_, index): Orchestrator => {
    const process = spawnOrchestrator(workplace, `orchestrator-${region}-${index}`, region);
    return { process, isFrozen: false };
  });
  const active = () => orchestrators.find(({ isFrozen, process }) => !isFrozen && !process.hasExited());
  const order = ({ process: { child } }: Orchestrator, one: Order): void => void child.send(one, () => undefined);

  const engine: Engine = (definition, input, { context }): EngineRun => {
    const { executionArn } = context;
    const execution: Execution = { events: [], ended: Promise.withResolvers() };
    executions.set(executionArn, execution);
    const runner = active();
    if (runner !== undefined) order(runner, { type: 'start', start: { definition, input, context } });
    return {
      result: execution.ended.promise,
      events: () => execution.events,
      stop() {
        execution.ended.resolve({ status: 'ABORTED' });
        if (runner !== undefined) order(runner, { type: 'stop', executionArn });
      },
    };
  };

  const equipOne = (one: Orchestrator, { plan, roads, world }: Surroundings): Promise<void> => {
    const ready = Promise.withResolvers<void>();
    const net = roads.from(region);
    one.process.child.on('message', (message) => {
      const report = message as Report;
      if (report.type === 'ready') ready.resolve();
      if (report.type === 'log') log(report.level, report.why);
      if (report.type === 'events') executions.get(report.executionArn)?.events.push(...report.events);
      if (report.type === 'result') executions.get(report.executionArn)?.ended.resolve(report.result);
      if (report.type === 'question') {
        const { id, question } = report;
        void answerTo(question, { net, world }).then((answer) => order(one, { type: 'answer', id, answer }));
      }
    });
    one.process.child.once('exit', () => ready.reject(new Error(`${one.process.name} ended before it was ready`)));
    order(one, { type: 'equip', plan, region, account: world.host.account });
    return ready.promise;
  };

  return {
    engine,
    equip: async (surroundings) => {
      await Promise.all(orchestrators.map((one) => equipOne(one, surroundings)));
    },
    killActive: () => void active()?.process.kill('SIGKILL'),
    freezeActive() {
      const one = active();
      one?.process.kill('SIGSTOP');
      if (one !== undefined) one.isFrozen = true;
    },
    thaw() {
      for (const one of orchestrators) {
        if (one.isFrozen) one.process.kill('SIGCONT');
        one.isFrozen = false;
      }
    },
  };
}

const spawnOrchestrator = (workplace: Workplace, name: string, region: string): LabProcess =>
  workplace.spawn({
    name,
    region,
    command: process.execPath,
    args: [entry],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });

type Reachable = Pick<Surroundings, 'world'> & { readonly net: ReturnType<Roads['from']> };

async function answerTo(question: Question, { net, world }: Reachable): Promise<Answer> {
  try {
    return { ok: true, value: await perform(question, { net, world }) };
  } catch (error) {
    return { ok: false, error: flatten(error) };
  }
}

function perform(question: Question, { net, world }: Reachable): Promise<unknown> {
  if (question.what === 'http') return net.http(question.input);
  if (question.what === 'dns') return net.dns(question.input);
  return runningFunction.run(question.caller, () => world.call(question.input));
}
