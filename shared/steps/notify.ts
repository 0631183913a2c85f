import type { JournalEntry } from '../domain/journal.ts';
import { metricFields, metrics } from '../domain/metric.ts';
import type { RunEnd } from '../domain/ports.ts';
import { isPlanned } from '../domain/run.ts';
import { notificationOf } from '../report/notification.ts';
import { observationOf } from '../report/observation.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { tell } from './tell.ts';

/**
 * Tells people what was done, why, and how long it took; in observe mode, what would have been. A dead channel never fails
 * a run; when all are dead it fails, so that the state machine goes to its last resort, which needs none of them.
 */
export const notify = defineStep('notify', async (context) => {
  const { deps, entries, run } = context;
  if (deps.toPeople === undefined) {
    measure(context);
    return { status: 'settled', why: await tell(context, notificationOf(run, entries, endOf(entries))) };
  }
  const offTheLeash = { ...context, deps: { ...deps, outside: deps.toPeople } };
  return { status: 'settled', why: await tell(offTheLeash, observationOf(run, entries)) };
});

/** What the dashboard compares with the RTO of the plan. */
function measure({ deps, entries, run }: StepContext): void {
  const closed = entries.find(({ event }) => event === 'run-closed');
  if (closed === undefined || isPlanned(run) || endOf(entries) !== 'recovered') return;
  const value = (closed.at - run.incidentAt) / 1000;
  const dimensions = { Application: run.application };
  const metric = metricFields({ at: closed.at, dimensions, name: metrics.recoverySeconds, value });
  deps.log('info', `recovered ${value} s after the incident began`, metric);
}

/** `held`: the run is not closed, so a person has to look at it. */
function endOf(entries: readonly JournalEntry[]): RunEnd | 'held' {
  const closed = entries.find(({ event }) => event === 'run-closed');
  return closed === undefined ? 'held' : (closed.data as { readonly end: RunEnd }).end;
}
