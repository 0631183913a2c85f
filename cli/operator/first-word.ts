import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { converted } from '../../shared/aws/errors.ts';
import type { Operator } from './operator.ts';

/** What became of an execution at its very beginning. */
export type FirstWord =
  | { readonly heard: 'opened' }
  /** Detect has refused it, or could not do its work: nothing was changed. */
  | { readonly heard: 'refused'; readonly why: string }
  /** Nothing yet. */
  | { readonly heard: 'nothing' };

/** Detect of a run by hand takes a second or two. Whoever sits at a terminal waits so long for its answer. */
const waitMs = 15_000;
const lookEveryMs = 500;

/**
 * A run that is refused at its beginning is over before the person has looked away: they shall read why.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export async function firstWord(
  { clock, coordination, outside, region }: Operator,
  { name, stateMachineArn }: { readonly name: string; readonly stateMachineArn: string },
): Promise<FirstWord> {
  const client = outside.client(SFNClient, region);
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const giveUpAt = clock.now() + waitMs;
  for (;;) {
    const {
      cause = '',
      error = '',
      status,
    } = await converted(`looking at ${name} in ${region}`, () =>
      client.send(new DescribeExecutionCommand({ executionArn })),
    );
    if (error === 'Refused' || error === 'Failed') return { heard: 'refused', why: cause };
    if (status !== 'RUNNING' || (await coordination.lock.run(name)) !== undefined) return { heard: 'opened' };
    if (clock.now() >= giveUpAt) return { heard: 'nothing' };
    await clock.sleep(lookEveryMs);
  }
}
