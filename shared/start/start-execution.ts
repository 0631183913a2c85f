import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { RunRequest } from '../domain/run.ts';

export interface Start {
  readonly region: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly request: RunRequest;
}

/**
 * Starts the state machine. The name decides: one that exists already is the same run, whether it runs or has ended.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startExecution(outside: Outside, start: Start): Promise<'started' | 'known'> {
  const client = outside.client(SFNClient, start.region);
  const { name, request, stateMachineArn } = start;
  return converted(`starting ${name} in ${start.region}`, async () => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(request) }));
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'known';
      throw error;
    }
  });
}
