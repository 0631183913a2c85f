import { fileURLToPath } from 'node:url';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Log } from '../../../shared/domain/ports.ts';
import type { Engine, EngineEvent, EngineResult } from '../../cloud/engine.ts';
import type { World } from '../../cloud/world.ts';
import type { LabProcess } from '../processes/lab-process.ts';
import type { Workplace } from '../processes/workplace.ts';
import type { Roads } from '../roads.ts';
import { answerTo } from './answer.ts';
import type { Order, Report } from './messages.ts';

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
  /** The names of executions whose process was killed before they ended. */
  orphans(): readonly string[];
}

interface Execution {
  readonly name: string;
  readonly runner: LabProcess | undefined;
  readonly events: EngineEvent[];
  readonly ended: PromiseWithResolvers<EngineResult>;
}

/** By ARN. */
type Executions = Map<string, Execution>;

export function startOrchestrators({ count, log, region, workplace }: OrchestratorsWanted): Orchestrators {
  const executions: Executions = new Map();
  const processes = Array.from({ length: count }, (_, index) => spawnOrchestrator(workplace, region, index));
  const active = (): LabProcess | undefined => processes.find((one) => !one.hasExited());
  return {
    engine: engineOf(executions, active),
    async equip(surroundings) {
      await Promise.all(processes.map((one) => equipOne(one, { ...surroundings, executions, log, region })));
    },
    killActive: () => void active()?.kill('SIGKILL'),
    orphans: () =>
      [...executions.values()].flatMap(({ name, runner }) => (runner?.hasExited() === false ? [] : [name])),
  };
}

const spawnOrchestrator = (workplace: Workplace, region: string, index: number): LabProcess =>
  workplace.spawn({
    name: `orchestrator-${region}-${index}`,
    region,
    command: process.execPath,
    args: [entry],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });

/** Whoever is dead is told nothing more. */
const order = ({ child }: LabProcess, one: Order): void => void child.send(one, () => undefined);

const engineOf =
  (executions: Executions, active: () => LabProcess | undefined): Engine =>
  (definition, input, { context }) => {
    const { executionArn, executionName: name } = context;
    const runner = active();
    const execution: Execution = { name, runner, events: [], ended: Promise.withResolvers() };
    const { ended, events } = execution;
    executions.set(executionArn, execution);
    if (runner !== undefined) order(runner, { type: 'start', start: { definition, input, context } });
    return {
      result: ended.promise,
      events: () => events,
      stop() {
        ended.resolve({ status: 'ABORTED' });
        if (runner !== undefined) order(runner, { type: 'stop', executionArn });
      },
    };
  };

interface Equipment extends Surroundings, Pick<OrchestratorsWanted, 'log' | 'region'> {
  readonly executions: Executions;
}

/** @throws Error when the process ends before it is ready */
function equipOne(one: LabProcess, { executions, log, plan, region, roads, world }: Equipment): Promise<void> {
  const ready = Promise.withResolvers<void>();
  const reachable = { world, net: roads.from(region) };
  one.child.on('message', (message) => {
    const report = message as Report;
    if (report.type === 'ready') ready.resolve();
    if (report.type === 'log') log(report.level, report.why);
    if (report.type === 'events') executions.get(report.executionArn)?.events.push(...report.events);
    if (report.type === 'result') executions.get(report.executionArn)?.ended.resolve(report.result);
    if (report.type !== 'question') return;
    const { id, question } = report;
    void answerTo(question, reachable).then((answer) => order(one, { type: 'answer', id, answer }));
  });
  void one.exited.then(() => ready.reject(new Error(`${one.name} ended before it was ready`)));
  order(one, { type: 'equip', plan, region, account: world.host.account });
  return ready.promise;
}
