import type { LabClock } from '../cloud/clock.ts';
import type { EngineRunOptions, TaskCall } from '../cloud/engine.ts';
import type { State } from './definition.ts';

/** The resource of a Task that stands for a Wait. */
const waitResource = 'understudy:lab:wait';
const timeoutSecondsMax = 2_147_483;
/** What `IntervalSeconds` says in our machines; the engine does not tell a task how often it was tried. */
const retryPauseMs = 1000;

/** A copy in which each Wait is a Task, so that it can pass on a clock that the engine does not know. */
export function waitsAsTasks(definition: object): object {
  return rewritten(definition) as object;
}

function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rewritten(inner)]));
  return copy['Type'] === 'Wait' ? asTask(copy as State) : copy;
}

function asTask({ Seconds, SecondsPath, Type: _, ...flow }: State): object {
  const Parameters = SecondsPath === undefined ? { seconds: Seconds } : { 'seconds.$': SecondsPath };
  const TimeoutSeconds = timeoutSecondsMax;
  return { ...flow, Type: 'Task', Resource: waitResource, Parameters, ResultPath: null, TimeoutSeconds };
}

/** Waits on the clock, and before a task that is tried again after it has failed. */
export function modelledPauses({ invokeTask }: EngineRunOptions, clock: LabClock) {
  const failed = new Set<string>();
  const invoke = async (task: TaskCall): Promise<unknown> => {
    if (task.resource === waitResource) {
      await clock.sleep(1000 * (task.parameters as { readonly seconds: number }).seconds);
      return {};
    }
    if (failed.delete(task.stateName)) await clock.sleep(retryPauseMs);
    try {
      return await invokeTask(task);
    } catch (error) {
      failed.add(task.stateName);
      throw error;
    }
  };
  return { invokeTask: invoke, retryPauseMs: 0 };
}
