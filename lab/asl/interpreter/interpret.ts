import type { LabClock } from '../../cloud/clock.ts';
import type { EngineEvent, EngineRunOptions } from '../../cloud/engine.ts';
import { UnsupportedDefinition } from '../definition.ts';
import { holds } from './choice.ts';
import { evaluated, filled, put, type Scope } from './paths.ts';
import { asError, catcherFor, type Resilience, retried, StateError } from './trouble.ts';

/** A machine or a branch of one. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

interface State extends Resilience {
  readonly Type: string;
  readonly Next?: string;
  readonly [field: string]: unknown;
}

/** One execution, or one branch of it. */
export interface Interpretation {
  readonly clock: LabClock;
  readonly context: object;
  readonly invokeTask: EngineRunOptions['invokeTask'];
  /** True once it was stopped, timed out, or another branch has failed: nothing more may be invoked. */
  readonly isOver: () => boolean;
  readonly tell: (event: Omit<EngineEvent, 'at'>) => void;
}

interface Here {
  readonly name: string;
  readonly state: State;
  readonly data: unknown;
}

interface Step {
  readonly data: unknown;
  /** Undefined: the machine or branch ends here. */
  readonly next: string | undefined;
}

/** A new one each time: a common one would keep every world that has ever waited for it. */
const never = (): Promise<never> => new Promise(() => undefined);

/** From the first state to the last. @returns the output @throws the error that nothing caught */
export async function interpret(machine: Machine, input: unknown, run: Interpretation): Promise<unknown> {
  let data = input;
  for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
    if (run.isOver()) return never();
    const state: State | undefined = machine.States[name];
    if (state === undefined) throw new UnsupportedDefinition(`there is no state ${name}`);
    const named = { stateName: name, stateType: state.Type };
    run.tell({ type: 'StateEntered', ...named, input: data });
    const step: Step = await passed({ name, state, data }, run);
    run.tell({ type: 'StateExited', ...named, output: step.data });
    ({ data, next: name } = step);
  }
  return data;
}

async function passed(here: Here, run: Interpretation): Promise<Step> {
  try {
    return await retried(here.state, run.clock, () => perform(here, run));
  } catch (thrown) {
    const error = asError(thrown);
    run.tell({
      type: 'StateFailed',
      stateName: here.name,
      stateType: here.state.Type,
      error: error.name,
      cause: error.message,
    });
    const catcher = catcherFor(here.state, error);
    if (catcher === undefined) throw error;
    const failure = { Error: error.name, Cause: error.message };
    return { data: placed(catcher.ResultPath, here.data, failure), next: catcher.Next };
  }
}

async function perform(here: Here, run: Interpretation): Promise<Step> {
  const { data, state } = here;
  switch (state.Type) {
    case 'Task':
      return { data: shaped(here, await task(here, run), run), next: state.Next };
    case 'Parallel':
      return { data: shaped(here, await parallel(here, run), run), next: state.Next };
    case 'Wait':
      await run.clock.sleep(1000 * secondsOf(here, run));
      return { data, next: state.Next };
    case 'Pass': {
      const scope = scopeOf(here, run);
      const result = 'Result' in state ? state['Result'] : filled(state['Parameters'] ?? data, scope);
      return { data: shaped(here, result, run), next: state.Next };
    }
    case 'Choice':
      return { data, next: chosen(here, run) };
    case 'Succeed':
      return { data, next: undefined };
    case 'Fail':
      throw failure(here, run);
    default:
      throw new UnsupportedDefinition(`the interpreter does not know ${state.Type} (${here.name})`);
  }
}

async function task(here: Here, run: Interpretation): Promise<unknown> {
  const { name, state } = here;
  const parameters = 'Parameters' in state ? filled(state['Parameters'], scopeOf(here, run)) : here.data;
  if (run.isOver()) return never();
  const ended = new AbortController();
  const late = run.clock.sleep(1000 * Number(state['TimeoutSeconds']), ended.signal).then(() => {
    throw new StateError('States.Timeout', `${name} took longer than ${state['TimeoutSeconds']} s`);
  });
  try {
    const work = run.invokeTask({
      ...{ stateName: name, resource: String(state['Resource']), parameters },
      givenUp: ended.signal,
    });
    return await Promise.race([work, late]);
  } finally {
    ended.abort(here);
    late.catch(() => undefined);
  }
}

/** "If any branch fails, the whole Parallel state is considered to have failed and all branches are stopped." */
async function parallel(here: Here, run: Interpretation): Promise<unknown> {
  let hasFailed = false;
  const branch = { ...run, isOver: () => hasFailed || run.isOver() };
  const input = 'Parameters' in here.state ? filled(here.state['Parameters'], scopeOf(here, run)) : here.data;
  const branches = here.state['Branches'] as readonly Machine[];
  try {
    return await Promise.all(branches.map((one) => interpret(one, input, branch)));
  } catch (error) {
    hasFailed = true;
    throw error;
  }
}

function chosen(here: Here, run: Interpretation): string {
  const rules = here.state['Choices'] as readonly (Readonly<Record<string, unknown>> & { readonly Next: string })[];
  const scope = scopeOf(here, run);
  const next = rules.find((rule) => holds(rule, scope))?.Next ?? here.state['Default'];
  if (typeof next === 'string') return next;
  throw new StateError('States.NoChoiceMatched', `no rule of ${here.name} holds`);
}

function secondsOf(here: Here, run: Interpretation): number {
  const { Seconds, SecondsPath } = here.state;
  return Number(SecondsPath === undefined ? Seconds : evaluated(String(SecondsPath), scopeOf(here, run)));
}

function failure(here: Here, run: Interpretation): StateError {
  const { Cause = '', CausePath, Error: name = '', ErrorPath } = here.state;
  const scope = scopeOf(here, run);
  const text = (fixed: unknown, path: unknown): string =>
    String(path === undefined ? fixed : evaluated(String(path), scope));
  return new StateError(text(name, ErrorPath), text(Cause, CausePath));
}

/** ResultSelector, then ResultPath. */
function shaped(here: Here, result: unknown, { context }: Interpretation): unknown {
  const { ResultPath, ResultSelector } = here.state as { ResultPath?: string | null; ResultSelector?: unknown };
  const selected = ResultSelector === undefined ? result : filled(ResultSelector, { data: result, context });
  return placed(ResultPath, here.data, selected);
}

function placed(path: string | null | undefined, data: unknown, result: unknown): unknown {
  return path === null ? data : put(path ?? '$', data, result);
}

const scopeOf = ({ data, name }: Here, { context }: Interpretation): Scope => ({
  data,
  context: { ...context, State: { Name: name } },
});
