import {
  ExecutionAlreadyExists,
  SFNClient,
  SFNServiceException,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Start, startExecution } from '../../../shared/start/start-execution.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { recovery } from '../../support/sample-run.ts';

const sfn = mockClient(SFNClient);
const start: Start = {
  region: recovery.region,
  stateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:failover',
  name: 'shop-alarm-1',
  request: { application: 'shop', trigger: 'alarm', reason: 'alarm', from: 'primary' },
};
const $metadata = { httpStatusCode: 400 };
const started = () => startExecution(outsideOf(), start);

beforeEach(() => sfn.reset());

describe('starting the state machine', () => {
  it('gives it the name and the request as they are', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    expect(await started()).toBe('started');
    const { name, stateMachineArn, input = '' } = sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input ?? {};
    expect({ name, stateMachineArn }).toEqual({ name: start.name, stateMachineArn: start.stateMachineArn });
    expect(JSON.parse(input)).toEqual(start.request);
  });

  it('knows a run whose name exists already', async () => {
    sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: 'exists', $metadata }));
    expect(await started()).toBe('known');
  });

  it.each([
    ['is repeated when the service is busy', 'ThrottlingException', 'TransientError'],
    ['is not repeated when it is not allowed', 'AccessDeniedException', 'TerminalError'],
  ])('%s', async (_title, name, kind) => {
    sfn
      .on(StartExecutionCommand)
      .rejects(new SFNServiceException({ name, $fault: 'client', message: 'no', $metadata }));
    await expect(started()).rejects.toMatchObject({ name: kind, code: name });
  });

  it('fails for good when there is no such machine', async () => {
    sfn.on(StartExecutionCommand).rejects(new StateMachineDoesNotExist({ message: 'no', $metadata }));
    await expect(started()).rejects.toMatchObject({ name: 'TerminalError', code: 'StateMachineDoesNotExist' });
  });
});
