import type { JournalEntry } from '../domain/journal.ts';
import type { RunEnd } from '../domain/ports.ts';
import { notificationOf } from '../report/notification.ts';
import { observationOf } from '../report/observation.ts';
import { defineStep } from './define-step.ts';
import { tell } from './tell.ts';

/**
 * Tells people what was done, why, and how long it took; in observe mode, what would have been. A dead channel never fails
 * a run; when all are dead it fails, so that the state machine goes to its last resort, which needs none of them.
 */
export const notify = defineStep('notify', async (context) => {
  const { deps, entries, run } = context;
  if (deps.toPeople === undefined) {
    return { status: 'settled', why: await tell(context, notificationOf(run, entries, endOf(entries))) };
  }
  const offTheLeash = { ...context, deps: { ...deps, outside: deps.toPeople } };
  return { status: 'settled', why: await tell(offTheLeash, observationOf(run, entries)) };
});

/** `held`: the run is not closed, so a person has to look at it. */
function endOf(entries: readonly JournalEntry[]): RunEnd | 'held' {
  const closed = entries.find(({ event }) => event === 'run-closed');
  return closed === undefined ? 'held' : (closed.data as { readonly end: RunEnd }).end;
}
