import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  InvalidExecutionInput,
  InvalidName,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, test, vi } from 'vitest';
import type { World } from '../../../lab/cloud/world.ts';
import { collect, connect, makeBench, recovery } from './support.ts';

interface Machine {
  readonly world: World;
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly start: (name: string, input?: string) => Promise<string>;
  readonly status: (executionArn: string) => Promise<string | undefined>;
}

type Handler = (event: unknown) => unknown;

/** A machine of one Task that calls the handler. */
function withMachine(handler: Handler): Machine {
  const { world } = makeBench();
  world.lambda.registerFunction({ region: recovery, name: 'step', handler });
  const Resource = world.lambda.functionArn(recovery, 'step');
  const definition = { StartAt: 'Step', States: { Step: { Type: 'Task', Resource, TimeoutSeconds: 5, End: true } } };
  const stateMachineArn = world.stepFunctions(recovery).seedStateMachine({ name: 'failover', definition });
  const client = connect(SFNClient, world, { region: recovery });
  return {
    world,
    client,
    stateMachineArn,
    start: async (name, input = '{}') =>
      (await client.send(new StartExecutionCommand({ stateMachineArn, name, input }))).executionArn ?? '',
    status: async (executionArn) => (await client.send(new DescribeExecutionCommand({ executionArn }))).status,
  };
}

const succeeded = (machine: Machine, executionArn: string): Promise<void> =>
  vi.waitFor(async () => expect(await machine.status(executionArn)).toBe('SUCCEEDED'));

test('an execution runs its task and keeps input, output and history', async () => {
  const machine = withMachine((event) => ({ got: event }));
  const executionArn = await machine.start('run-1', '{"a":1}');
  await succeeded(machine, executionArn);
  const execution = await machine.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(execution).toMatchObject({
    name: 'run-1',
    input: '{"a":1}',
    output: '{"got":{"a":1}}',
    stopDate: expect.any(Date),
  });
  const { events } = await machine.client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events?.map(({ id, type }) => `${id} ${type}`)).toEqual([
    '1 ExecutionStarted',
    '2 TaskStateEntered',
    '3 TaskStateExited',
    '4 ExecutionSucceeded',
  ]);
});

test('a failed task fails the execution with the name of its error', async () => {
  const machine = withMachine(() => {
    throw Object.assign(new Error('gone'), { name: 'TerminalError' });
  });
  const executionArn = await machine.start('run-1');
  await vi.waitFor(async () => expect(await machine.status(executionArn)).toBe('FAILED'));
  const execution = await machine.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(execution).toMatchObject({ error: 'TerminalError', cause: expect.stringContaining('gone') });
});

test('starting a running execution again with the same input is the same start; otherwise it already exists', async () => {
  let finish: () => void = () => undefined;
  const machine = withMachine(() => new Promise<void>((resolve) => (finish = resolve)));
  const first = await machine.start('run-1', '{"a":1}');
  expect(await machine.start('run-1', '{"a":1}')).toBe(first);
  await expect(machine.start('run-1', '{"a":2}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  finish();
  await succeeded(machine, first);
  await expect(machine.start('run-1', '{"a":1}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
});

test.each(['', 'a b', 'a/b', 'a:b', 'a*', '<a>', 'x'.repeat(81)])('the name "%s" is refused', async (name) => {
  await expect(withMachine(() => 1).start(name)).rejects.toBeInstanceOf(InvalidName);
});

test('input that is no JSON, and a machine that does not exist, are refused', async () => {
  const machine = withMachine(() => 1);
  await expect(machine.start('run-1', '{')).rejects.toBeInstanceOf(InvalidExecutionInput);
  const unknown = new StartExecutionCommand({ stateMachineArn: `${machine.stateMachineArn}x` });
  await expect(machine.client.send(unknown)).rejects.toBeInstanceOf(StateMachineDoesNotExist);
});

test('executions are listed newest first, page by page, by status', async () => {
  const machine = withMachine(() => 1);
  for (const name of ['one', 'two', 'three']) await succeeded(machine, await machine.start(name));
  const { client, stateMachineArn } = machine;
  const list = { stateMachineArn, statusFilter: 'SUCCEEDED' } as const;
  const pages = await collect(paginateListExecutions({ client, pageSize: 2 }, list));
  expect(pages.map((page) => page.executions?.map(({ name }) => name))).toEqual([['three', 'two'], ['one']]);
});

test('a stopped execution is aborted and invokes nothing more', async () => {
  let calls = 0;
  const machine = withMachine(() => {
    calls += 1;
    return new Promise(() => undefined);
  });
  const executionArn = await machine.start('run-1');
  await vi.waitFor(() => expect(calls).toBe(1));
  await machine.client.send(new StopExecutionCommand({ executionArn, cause: 'operator' }));
  expect(await machine.status(executionArn)).toBe('ABORTED');
});

test('an execution of a lost Region freezes, invokes nothing, and goes on when the Region is back', async () => {
  let calls = 0;
  const { world, stateMachineArn, status } = withMachine(() => ++calls);
  const input = { stateMachineArn, name: 'run-1', input: '{}' };
  const { executionArn } = world.stepFunctions(recovery).operations.StartExecution(input);
  world.loseRegion(recovery);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(calls).toBe(0);
  world.restoreRegion(recovery);
  await vi.waitFor(async () => expect(await status(executionArn)).toBe('SUCCEEDED'));
  expect(calls).toBe(1);
});

test('a machine shows its definition', async () => {
  const { client, stateMachineArn } = withMachine(() => 1);
  const machine = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(JSON.parse(machine.definition ?? '')).toMatchObject({ StartAt: 'Step' });
  expect(machine).toMatchObject({ name: 'failover', status: 'ACTIVE', type: 'STANDARD' });
});

test('a task publishes to a topic without a function, and a topic that is not there is a named error', async () => {
  const { world } = makeBench();
  const TopicArn = world.sns(recovery).seedTopic('pager');
  const publish = (topic: string) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Parameters: { TopicArn: topic, 'Message.$': '$' },
    TimeoutSeconds: 5,
  });
  const broken = {
    ...publish(`${TopicArn}-x`),
    Catch: [{ ErrorEquals: ['SNS.NotFoundException'], Next: 'Done' }],
    End: true,
  };
  const States = {
    Tell: { ...publish(TopicArn), ResultPath: null, Next: 'Broken' },
    Broken: broken,
    Done: { Type: 'Succeed' },
  };
  const definition = { StartAt: 'Tell', States };
  const stateMachineArn = world.stepFunctions(recovery).seedStateMachine({ name: 'tell', definition });
  const client = connect(SFNClient, world, { region: recovery });
  const started = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"a":1}' }));
  await vi.waitFor(async () => {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn: started.executionArn }));
    expect(execution.status).toBe('SUCCEEDED');
  });
  expect(world.sns(recovery).messages).toMatchObject([{ message: '{"a":1}' }]);
  expect(world.history.map(({ service, command, outcome }) => `${service}.${command} ${outcome}`)).toContain(
    'SNS.Publish error',
  );
});

test('when the World stops, an execution does not go on with its retries, and stays recorded as RUNNING', async () => {
  let calls = 0;
  const { world, client } = withMachine(() => {
    calls += 1;
    throw new Error('again');
  });
  const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 10, BackoffRate: 1 }];
  const Resource = world.lambda.functionArn(recovery, 'step');
  const definition = {
    StartAt: 'Step',
    States: { Step: { Type: 'Task', Resource, TimeoutSeconds: 5, Retry, End: true } },
  };
  const stateMachineArn = world.stepFunctions(recovery).seedStateMachine({ name: 'stubborn', definition });
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  await vi.waitFor(() => expect(calls).toBe(1));
  world.stop();
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(calls).toBe(1);
  expect((await client.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('RUNNING');
});
