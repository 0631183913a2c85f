import { isFailure, TransientError } from '../domain/errors.ts';
import type { JournalEntry, WouldAct } from '../domain/journal.ts';
import { Leashed } from '../domain/leashed.ts';
import { metricFields, metrics } from '../domain/metric.ts';
import type { Notification } from '../domain/plan.ts';
import type { RunEnd } from '../domain/ports.ts';
import { notificationOf } from '../report/notification.ts';
import { defineStep, note, type StepContext } from './define-step.ts';

/** Tells people what was done, why, and how long it took. A dead channel never fails a run: it is written down. */
export const notify = defineStep('notify', async (context) => {
  const { entries, plan, run } = context;
  const message = notificationOf(run, entries, endOf(entries));
  measure(context);
  const sent = await Promise.all(plan.notifications.map((channel) => send(context, channel, message)));
  const dead = sent.filter((ok) => !ok).length;
  // Thrown so that the state machine goes to its last resort, which needs none of these channels.
  if (dead > 0 && dead === sent.length) throw new TransientError(`none of ${dead} channels took the message`);
  return { status: 'settled', why: `${message.subject} (${sent.length - dead} of ${sent.length} channels)` };
});

async function send(
  context: StepContext,
  notification: Notification,
  message: ReturnType<typeof notificationOf>,
): Promise<boolean> {
  const { to } = context.run;
  // A channel is loaded when the plan names it, like a kind.
  const { publishToSns } = await import('../channels/sns.ts');
  try {
    await publishToSns(context.deps.outside, { arn: notification[to.place], region: to.region }, message);
    return true;
  } catch (error) {
    if (error instanceof Leashed) {
      const data: WouldAct = { call: error.call };
      await note(context, 'would-act', `tell ${notification[to.place]}: ${message.subject}`, { data });
      return true;
    }
    if (!isFailure(error)) throw error;
    await note(context, 'failed', error.message);
    return false;
  }
}

/** What the dashboard compares with the RTO of the plan. */
function measure({ deps, entries, run }: StepContext): void {
  const closed = entries.find(({ event }) => event === 'run-closed');
  if (closed === undefined || endOf(entries) !== 'recovered') return;
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
