import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError, type RunOptions } from 'aws-local-stepfunctions';
import type { Engine, EngineEvent, EngineResult, EngineRunOptions } from '../cloud/engine.ts';
import { executionKey, type Prepared, prepare } from './prepare.ts';

type Execution = ReturnType<Prepared['machine']['run']>;
type Input = Parameters<Prepared['machine']['run']>[0];
type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;
type LibraryEvent = Execution['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/**
 * The engine: aws-local-stepfunctions runs the ASL (JSONPath), and every Task is handed to `invokeTask`. It matches Retry
 * and Catch by the `name` of what is thrown. Its waits are real timers: in modelled time, clock-engine.ts does its work. A
 * definition is checked and prepared once.
 */
export function makeEngine(): Engine {
  const prepared = new WeakMap<object, Prepared>();
  return (definition, input, options) => {
    const ready = prepared.get(definition) ?? prepare(definition);
    prepared.set(definition, ready);
    return start(ready, input as Input, options);
  };
}

function start(ready: Prepared, input: Input, options: EngineRunOptions): ReturnType<Engine> {
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  const execution = ready.machine.run(input, {
    overrides: { taskResourceLocalHandlers: handlers(ready, options, () => hasEnded) },
    context: { [executionKey]: executionContext(input, options.context) },
  });
  const events: EngineEvent[] = [];
  void collect(execution, events);
  const result = outcomeOf(execution).finally(end);
  return {
    result,
    stop: () => {
      end();
      execution.abort();
    },
    events: () => events,
  };
}

const executionContext = (input: unknown, context: EngineRunOptions['context']): object => ({
  Id: context.executionArn,
  Name: context.executionName,
  StartTime: context.startedAt,
  Input: input,
});

/** The library goes on with a retry that was waiting when the run was aborted; no task may be invoked after the end. */
function handlers({ tasks }: Prepared, { invokeTask }: EngineRunOptions, hasEnded: () => boolean): Handlers {
  const entries = tasks.map(({ stateName, resource }): [string, Handlers[string]] => [
    stateName,
    async (parameters) => {
      if (hasEnded()) throw ended();
      return (await invokeTask({ stateName, resource, parameters })) as Input;
    },
  ]);
  return Object.fromEntries(entries);
}

const ended = (): Error =>
  Object.assign(new Error('The execution has ended'), { isRetryable: false, isCatchable: false });

async function outcomeOf(execution: Execution): Promise<EngineResult> {
  try {
    return { status: 'SUCCEEDED', output: await execution.result };
  } catch (error) {
    if (error instanceof ExecutionAbortedError) return { status: 'ABORTED' };
    if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT' };
    const cause = error instanceof ExecutionError ? error.cause : error;
    if (!(cause instanceof Error)) return { status: 'FAILED', error: 'States.Runtime', cause: String(cause) };
    return { status: 'FAILED', error: cause.name, cause: cause.message };
  }
}

async function collect(execution: Execution, events: EngineEvent[]): Promise<void> {
  for await (const event of execution.eventLogs) events.push(toEngineEvent(event));
}

function toEngineEvent(event: LibraryEvent): EngineEvent {
  const state = 'state' in event ? event.state : undefined;
  const from = state ?? event;
  return {
    type: event.type,
    at: event.timestamp,
    ...(state === undefined ? {} : { stateName: state.name, stateType: state.type }),
    ...('input' in from ? { input: from.input } : {}),
    ...('output' in from ? { output: from.output } : {}),
    ...('Error' in event ? { error: event.Error, cause: event.Cause } : {}),
  };
}
