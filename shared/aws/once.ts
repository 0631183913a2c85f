import type { FinalizeRequestMiddleware, InitializeMiddleware, Pluggable } from '@smithy/types';
import { isReading } from './reading.ts';

/**
 * Commands that change something, and that may be sent again at once when no answer came: each of them is conditional, has a
 * name of its own, or is a measurement or a message that may come twice.
 */
const repeatable: ReadonlySet<string> = new Set([
  'CloudWatch.PutMetricData',
  'DynamoDB.PutItem',
  'DynamoDB.UpdateItem',
  'SFN.StartExecution',
  'SNS.Publish',
]);

/** Whether the SDK may send a command again by itself (docs/adr/0040-the-sdk-sends-an-effect-once.md). */
export const isRepeatable = (service: string, command: string): boolean =>
  isReading(service, command) || repeatable.has(`${service}.${command}`);

/** Carries an error past the SDK's retries. Not as its cause: they look there, too. */
class NotAgain extends Error {
  override readonly name = 'NotAgain';
  readonly original: unknown;
  constructor(original: unknown) {
    super('not to be sent again');
    this.original = original;
  }
}

/** An effect on a resource is sent once, however many attempts the client has: whether it is wanted again, `settle` decides. */
export function onceOnly<Input extends object, Output extends object>(): Pluggable<Input, Output> {
  const inside: FinalizeRequestMiddleware<Input, Output> = (next, { clientName = '', commandName = '' }) => {
    if (isRepeatable(clientName.replace(/Client$/, ''), commandName.replace(/Command$/, ''))) return next;
    return (args) =>
      next(args).catch((error: unknown) => {
        throw new NotAgain(error);
      });
  };
  const outside: InitializeMiddleware<Input, Output> = (next) => (args) =>
    next(args).catch((error: unknown) => {
      throw error instanceof NotAgain ? error.original : error;
    });
  return {
    applyToStack: (stack) => {
      stack.add(outside, { name: 'once', step: 'initialize', priority: 'high' });
      stack.addRelativeTo(inside, { name: 'notAgain', relation: 'after', toMiddleware: 'retryMiddleware' });
    },
  };
}
