import { TerminalError } from '../domain/errors.ts';
import type { Purpose } from '../domain/run.ts';

const files = { failover: 'failover', failback: 'failback', switchover: 'failback', reprotect: 'reprotect' } as const;
const own = /failover$/;

/**
 * The state machine that serves a purpose. All of a stack are called alike but for their last word, the name of the file in
 * statemachines/.
 * @param failover name or ARN of the failover machine
 * @throws TerminalError when that name does not end so
 */
export function machineFor(purpose: Purpose, failover: string): string {
  if (purpose === 'failover') return failover;
  if (own.test(failover)) return failover.replace(own, files[purpose]);
  throw new TerminalError(`the name of the state machine ${failover} does not end with failover`, {
    code: 'UnknownMachine',
  });
}
