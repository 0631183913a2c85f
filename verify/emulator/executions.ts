import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { MachineId } from '../../shared/steps/contract.ts';
import type { MakeClient } from './aws.ts';

/** The runs that moto interprets. */
export interface Executions {
  /** Starts a machine, once each. @returns the execution's ARN */
  start(name: string, machine?: MachineId): Promise<string>;
  describe(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  history(executionArn: string): Promise<readonly HistoryEvent[]>;
  /** Resolves when the execution has ended. @throws Error when it has not within a bound */
  ended(executionArn: string): Promise<DescribeExecutionCommandOutput>;
}

const runTimeoutMs = 150_000;

export function executionsIn(client: MakeClient, machineArns: Readonly<Record<MachineId, string>>): Executions {
  const clientOf = (arn: string): SFNClient => client(SFNClient, arn.split(':')[3] ?? '');
  const describe = (executionArn: string): Promise<DescribeExecutionCommandOutput> =>
    clientOf(executionArn).send(new DescribeExecutionCommand({ executionArn }));
  return {
    describe,
    async start(name, machine = 'failover') {
      const input = JSON.stringify({ application: 'shop', reason: 'verify' });
      const command = new StartExecutionCommand({ stateMachineArn: machineArns[machine], name, input });
      return (await clientOf(machineArns[machine]).send(command)).executionArn ?? '';
    },
    history: async (executionArn) =>
      (await clientOf(executionArn).send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ??
      [],
    async ended(executionArn) {
      const giveUpAt = performance.now() + runTimeoutMs;
      for (;;) {
        const seen = await describe(executionArn);
        if (seen.status !== 'RUNNING') return seen;
        if (performance.now() > giveUpAt) throw new Error(`the run has not ended within ${runTimeoutMs / 1000} s`);
        await sleep(250);
      }
    },
  };
}
