import * as z from 'zod';
import { type MachineId, machineIds } from '../../shared/steps/contract.ts';
import { textOf } from './files.ts';

/** As much of the Amazon States Language as the tests ask about; what else is there is read by the test of the subset. */
const Retrier = z.object({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().optional(),
  MaxAttempts: z.number(),
  BackoffRate: z.number().optional(),
  MaxDelaySeconds: z.number().optional(),
});
const Catcher = z.object({ ErrorEquals: z.array(z.string()), ResultPath: z.string().nullable(), Next: z.string() });
const Test = z.object({ Variable: z.string(), StringEquals: z.string() });
/** Whether this is a dry run: asked only before a publish that no leash could hold. */
const DryRunTest = z.union([
  z.object({ Variable: z.literal('$.dryRun'), IsPresent: z.literal(true) }),
  z.object({ Variable: z.literal('$.dryRun'), BooleanEquals: z.literal(true) }),
]);
const Rule = z.union([
  z.object({ ...Test.shape, Next: z.string() }),
  z.object({ And: z.array(z.union([Test, DryRunTest])), Next: z.string() }),
]);
const flow = { Comment: z.string().optional(), Next: z.string().optional(), End: z.literal(true).optional() };
const ResultPath = z.string().nullable();

const State = z.discriminatedUnion('Type', [
  z.object({
    ...flow,
    Type: z.literal('Task'),
    Resource: z.string(),
    Parameters: z.record(z.string(), z.union([z.string(), z.literal(true)])),
    ResultPath: ResultPath.optional(),
    TimeoutSeconds: z.number(),
    Retry: z.array(Retrier).default([]),
    Catch: z.array(Catcher).default([]),
  }),
  z.object({ Type: z.literal('Choice'), Choices: z.array(Rule), Default: z.string() }),
  z.object({ ...flow, Type: z.literal('Wait'), SecondsPath: z.string() }),
  z.object({ ...flow, Type: z.literal('Pass'), Result: z.string(), ResultPath: ResultPath.optional() }),
  z.object({
    ...flow,
    Type: z.literal('Parallel'),
    /** Each is a scope of its own; parsed by `scopesOf`. */
    Branches: z.array(z.unknown()),
    ResultSelector: z.record(z.string(), z.string()).optional(),
    ResultPath,
    Catch: z.array(Catcher),
  }),
  z.object({ Type: z.literal('Succeed') }),
  z.object({
    Type: z.literal('Fail'),
    Error: z.string(),
    Cause: z.string().optional(),
    CausePath: z.string().optional(),
  }),
]);
export type State = z.infer<typeof State>;

const Scope = z.object({ StartAt: z.string(), States: z.record(z.string(), State) });
export type Scope = z.infer<typeof Scope>;

const Machine = z.object({ Comment: z.string(), TimeoutSeconds: z.number(), ...Scope.shape });

/** The machine itself and each branch of its Parallel states: an edge never leaves its scope. */
function scopesOf(scope: Scope): readonly Scope[] {
  const branches = Object.values(scope.States).flatMap((state) => (state.Type === 'Parallel' ? state.Branches : []));
  return [scope, ...branches.flatMap((branch) => scopesOf(Scope.parse(branch)))];
}

/** One definition of statemachines/, and what the tests ask about it. */
export interface Definition {
  readonly id: MachineId;
  readonly text: string;
  readonly machine: z.infer<typeof Machine>;
  readonly scopes: readonly Scope[];
  readonly states: readonly (readonly [string, State])[];
  readonly tasks: readonly (readonly [string, Task])[];
  /** Tasks that run a step in a function of ours. */
  readonly lambdaTasks: readonly LambdaTask[];
  /** Those that only have it loaded (docs/adr/0049). */
  readonly warmTasks: readonly LambdaTask[];
}
interface LambdaTask {
  readonly name: string;
  readonly task: Task;
  /** Of the function's ARN. */
  readonly placeholder: string;
}
type Task = Extract<State, { Type: 'Task' }>;

export const definitions: readonly Definition[] = machineIds.map((id) => {
  const text = textOf(`statemachines/${id}.asl.json`);
  const machine = Machine.parse(JSON.parse(text));
  const scopes = scopesOf(machine);
  const states = scopes.flatMap(({ States }) => Object.entries(States));
  const tasks = states.flatMap(([name, state]) => (state.Type === 'Task' ? [[name, state] as const] : []));
  const invoking = tasks.flatMap(([name, task]) => {
    const placeholder = /^\$\{(\w+)\}$/.exec(task.Resource)?.[1];
    return placeholder === undefined ? [] : [{ name, task, placeholder }];
  });
  const lambdaTasks = invoking.filter(({ task }) => !isWarming(task));
  const warmTasks = invoking.filter(({ task }) => isWarming(task));
  return { id, text, machine, scopes, states, tasks, lambdaTasks, warmTasks };
});

/** It runs no step. */
export function isWarming({ Parameters }: Task): boolean {
  return 'warm' in Parameters;
}

export function nextOf(state: State): readonly string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const caught = 'Catch' in state ? state.Catch.map(({ Next }) => Next) : [];
  const chosen = state.Type === 'Choice' ? [...state.Choices.map(({ Next }) => Next), state.Default] : [];
  return [...next, ...caught, ...chosen];
}

export const isEnd = (state: State): boolean =>
  state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);

/** A loop without either would turn for ever by itself; Hold lets a run go on only when a person has said so. */
export const isPause = (name: string, { Type }: State): boolean => Type === 'Wait' || name === 'HoldStatus';

/** All states that can be reached from one, itself included. */
export function reachable(
  scope: Scope,
  from: string,
  passes: (name: string, state: State) => boolean = () => true,
): Set<string> {
  const seen = new Set<string>();
  const walk = (name: string): void => {
    const state = scope.States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    if (seen.has(name) || !passes(name, state)) return;
    seen.add(name);
    for (const next of nextOf(state)) walk(next);
  };
  walk(from);
  return seen;
}
