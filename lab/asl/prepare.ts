import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { allStates, assertSupported } from './definition.ts';

/** Where the engine finds the execution: it overwrites its own `$$.Execution` inside branches. */
export const executionKey = 'UnderstudyExecution';

export interface Prepared {
  readonly machine: StateMachine;
  readonly tasks: readonly PreparedTask[];
}

export interface PreparedTask {
  readonly stateName: string;
  readonly resource: string;
}

/**
 * Checks a definition and makes it fit for the engine. Two things are rewritten, because the engine knows them otherwise
 * than AWS: `$$.Execution` (it would hold the input and start of a branch) and `$$.State.Name` (it does not exist).
 * Schema validation (asl-validator, half a second for each definition) is left to the contract test.
 * @throws UnsupportedDefinition
 */
export function prepare(definition: object): Prepared {
  assertSupported(definition);
  const rewritten = rewrite(definition, '') as StateMachineDefinition;
  const tasks = allStates(definition)
    .filter(({ state }) => state.Type === 'Task')
    .map(({ name, state }) => ({ stateName: name, resource: String(state['Resource']) }));
  return { machine: new StateMachine(rewritten, { validationOptions: { noValidate: true } }), tasks };
}

function rewrite(value: unknown, stateName: string): unknown {
  if (typeof value === 'string') return value.replaceAll('$$.Execution', () => `$$.${executionKey}`);
  if (Array.isArray(value)) return value.map((element) => rewrite(element, stateName));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => rewriteField(key, inner, stateName)));
}

function rewriteField(key: string, value: unknown, stateName: string): [string, unknown] {
  if (key === 'States') return [key, rewriteStates(value as Record<string, unknown>)];
  if (key.endsWith('.$') && value === '$$.State.Name') return [key.slice(0, -2), stateName];
  const named = typeof value === 'string' ? value.replaceAll('$$.State.Name', () => `'${stateName}'`) : value;
  return [key, rewrite(named, stateName)];
}

const rewriteStates = (states: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, rewrite(state, name)]));
