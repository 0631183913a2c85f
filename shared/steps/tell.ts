import { isFailure, TransientError } from '../domain/errors.ts';
import type { WouldAct } from '../domain/journal.ts';
import { Leashed } from '../domain/leashed.ts';
import type { Notification } from '../domain/plan.ts';
import { seatOf } from '../domain/run.ts';
import type { Message } from '../report/message.ts';
import { note, type StepContext } from './define-step.ts';

/**
 * Sends one message through all channels of the plan, in the Region where it executes. A channel that is dead is written
 * down and holds nothing up.
 * @returns how it went, in words
 * @throws TransientError when there are channels and none took the message
 */
export async function tell(context: StepContext, message: Message): Promise<string> {
  const { notifications } = context.plan;
  const sent = await Promise.all(notifications.map((channel) => send(context, channel, message)));
  const dead = sent.filter((ok) => !ok).length;
  if (dead > 0 && dead === sent.length) throw new TransientError(`none of ${dead} channels took the message`);
  return `${message.subject} (${sent.length - dead} of ${sent.length} channels)`;
}

async function send(context: StepContext, notification: Notification, message: Message): Promise<boolean> {
  const { place, region } = seatOf(context.run);
  // A channel is loaded when the plan names it, like a kind.
  const { publishToSns } = await import('../channels/sns.ts');
  try {
    await publishToSns(context.deps.outside, { arn: notification[place], region }, message);
    return true;
  } catch (error) {
    if (error instanceof Leashed) {
      const data: WouldAct = { call: error.call };
      await note(context, 'would-act', `tell ${notification[place]}: ${message.subject}`, { data });
      return true;
    }
    if (!isFailure(error)) throw error;
    await note(context, 'failed', error.message);
    return false;
  }
}
