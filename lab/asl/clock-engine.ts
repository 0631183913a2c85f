import type { LabClock } from '../cloud/clock.ts';
import type { Engine, EngineEvent, EngineResult, EngineRun, EngineRunOptions } from '../cloud/engine.ts';
import { assertSupported } from './definition.ts';
import { type Interpretation, interpret, type Machine } from './interpreter/interpret.ts';
import { asError } from './interpreter/trouble.ts';

const checked = new WeakSet<object>();

/**
 * Runs the ASL on a clock of ours: waits, the pauses before a retry, the timeouts of tasks and of the machine all pass in
 * its time, and no timer of the process is used. So a simulated run depends on nothing but its seed. It knows only what our
 * machines use; test/unit/cloud/clock-engine.test.ts compares it with the library that the game day uses (engine.ts).
 */
export function makeClockEngine(clock: LabClock): Engine {
  return (definition, input, options) => {
    if (!checked.has(definition)) assertSupported(definition);
    checked.add(definition);
    return start(definition as Machine, input, { ...options, clock });
  };
}

function start(machine: Machine, input: unknown, options: EngineRunOptions & { readonly clock: LabClock }): EngineRun {
  const { clock, context, invokeTask } = options;
  const events: EngineEvent[] = [];
  const over = new AbortController();
  const stopped = Promise.withResolvers<EngineResult>();
  const run: Interpretation = {
    clock,
    invokeTask,
    isOver: () => over.signal.aborted,
    tell: (event) => void events.push({ ...event, at: clock.nowMs() }),
    context: {
      Execution: {
        Id: context.executionArn,
        Name: context.executionName,
        StartTime: context.startedAt,
        Input: input,
      },
    },
  };
  run.tell({ type: 'ExecutionStarted', input });
  const ended = interpret(machine, input, run).then(succeeded, failed);
  const result = Promise.race([ended, stopped.promise, deadline(machine, clock, over.signal)]).then((outcome) => {
    over.abort();
    run.tell(lastEvent(outcome));
    return outcome;
  });
  const stop = (): void => {
    over.abort();
    stopped.resolve({ status: 'ABORTED' });
  };
  return { result, stop, events: () => events };
}

async function deadline({ TimeoutSeconds }: Machine, clock: LabClock, over: AbortSignal): Promise<EngineResult> {
  if (TimeoutSeconds !== undefined) await clock.sleep(1000 * TimeoutSeconds, over);
  if (TimeoutSeconds === undefined || over.aborted) return new Promise(() => undefined);
  return { status: 'TIMED_OUT' };
}

const succeeded = (output: unknown): EngineResult => ({ status: 'SUCCEEDED', output });

function failed(thrown: unknown): EngineResult {
  const { message: cause, name: error } = asError(thrown);
  return { status: 'FAILED', error, cause };
}

function lastEvent(outcome: EngineResult): Omit<EngineEvent, 'at'> {
  if (outcome.status === 'SUCCEEDED') return { type: 'ExecutionSucceeded', output: outcome.output };
  if (outcome.status === 'FAILED') return { type: 'ExecutionFailed', error: outcome.error, cause: outcome.cause };
  return { type: outcome.status === 'ABORTED' ? 'ExecutionAborted' : 'ExecutionTimeout' };
}
