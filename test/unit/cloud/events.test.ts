import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DisableRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { NotFoundException, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test, vi } from 'vitest';
import { matches, parsePattern } from '../../../lab/cloud/event-pattern.ts';
import type { CloudEvent } from '../../../lab/cloud/eventbridge.ts';
import type { Settings } from '../../../lab/cloud/settings.ts';
import type { World } from '../../../lab/cloud/world.ts';
import { connect, makeBench, primary, recovery } from './support.ts';

const event = {
  source: 'aws.cloudwatch',
  detail: { alarmName: 'shop-down', state: { value: 'ALARM' }, tags: ['a', 'b'] },
};

test.each<[string, object, boolean]>([
  ['exact values', { source: ['aws.cloudwatch'] }, true],
  ['one of several values', { source: ['x', 'aws.cloudwatch'] }, true],
  ['another value', { source: ['x'] }, false],
  ['nested fields', { detail: { state: { value: ['ALARM'] } } }, true],
  ['all fields, not one', { source: ['aws.cloudwatch'], detail: { state: { value: ['OK'] } } }, false],
  ['a prefix', { detail: { alarmName: [{ prefix: 'shop-' }] } }, true],
  ['another prefix', { detail: { alarmName: [{ prefix: 'other-' }] } }, false],
  ['anything but the value', { detail: { state: { value: [{ 'anything-but': 'ALARM' }] } } }, false],
  ['anything but other values', { detail: { state: { value: [{ 'anything-but': ['OK', 'X'] }] } } }, true],
  ['anything but a prefix', { detail: { alarmName: [{ 'anything-but': { prefix: 'shop-' } }] } }, false],
  ['a field that exists', { detail: { alarmName: [{ exists: true }] } }, true],
  ['a field that must not exist', { detail: { alarmName: [{ exists: false }] } }, false],
  ['a missing field that must not exist', { detail: { other: [{ exists: false }] } }, true],
  ['an element of an array', { detail: { tags: ['b'] } }, true],
])('a pattern of %s: %o matches is %s', (_, pattern, isMatch) => {
  expect(matches(parsePattern(JSON.stringify(pattern)), event)).toBe(isMatch);
});

interface Bus {
  readonly world: World;
  readonly client: EventBridgeClient;
  readonly received: CloudEvent[];
  readonly put: (...types: string[]) => Promise<unknown>;
}

async function withRule(settings: Partial<Settings> = {}, random?: () => number): Promise<Bus> {
  const { world } = makeBench(settings, random);
  const received: CloudEvent[] = [];
  const handler = (one: unknown): void => void received.push(one as CloudEvent);
  world.lambda.registerFunction({ region: recovery, name: 'trigger', handler });
  const client = connect(EventBridgeClient, world, { region: recovery });
  await client.send(new PutRuleCommand({ Name: 'alarms', EventPattern: '{"source":["test"]}' }));
  const Arn = world.lambda.functionArn(recovery, 'trigger');
  await client.send(new PutTargetsCommand({ Rule: 'alarms', Targets: [{ Id: 'trigger', Arn }] }));
  const put = (...types: string[]) =>
    client.send(
      new PutEventsCommand({ Entries: types.map((DetailType) => ({ Source: 'test', DetailType, Detail: '{"n":1}' })) }),
    );
  return { world, client, received, put };
}

test('a matching event reaches the function, once, with the envelope of EventBridge', async () => {
  const { received, put } = await withRule();
  await expect(put('one')).resolves.toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
  await vi.waitFor(() => expect(received).toHaveLength(1));
  expect(received[0]).toMatchObject({
    version: '0',
    source: 'test',
    'detail-type': 'one',
    region: recovery,
    detail: { n: 1 },
  });
});

test('a disabled rule delivers nothing', async () => {
  const { client, received, put } = await withRule();
  await client.send(new DisableRuleCommand({ Name: 'alarms' }));
  await put('one');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(received).toEqual([]);
});

test('events may arrive twice and out of order when the lab says so', async () => {
  // Two draws decide about each event (twice? how late?), and one more about its duplicate.
  const randoms = [0.9, 0.9, 0, 0, 0];
  const settings = { eventDuplicateProbability: 0.5, eventJitterMs: 30 };
  const { received, put } = await withRule(settings, () => randoms.shift() ?? 0.9);
  await put('late', 'early');
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(3));
  const types = received.map((one) => one['detail-type']);
  expect(types[0]).toBe('early');
  expect(types.filter((type) => type === 'early')).toHaveLength(2);
});

test('a failed delivery is repeated a bounded number of times, then kept as a dead letter', async () => {
  const { world, put } = await withRule({ eventRetries: 2 });
  let attempts = 0;
  world.lambda.registerFunction({
    region: recovery,
    name: 'trigger',
    handler: () => {
      attempts += 1;
      throw new TypeError('broken');
    },
  });
  await put('one');
  await vi.waitFor(() =>
    expect(world.lambda.deadLetters).toMatchObject([{ functionName: expect.any(String), errorType: 'TypeError' }]),
  );
  expect(attempts).toBe(3);
});

test('an event in a lost Region is delivered when the Region is back', async () => {
  const { world, received } = await withRule();
  world.eventBridge(recovery).put({ source: 'test', 'detail-type': 'one', resources: [], detail: {} });
  world.loseRegion(recovery);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(received).toEqual([]);
  world.restoreRegion(recovery);
  await vi.waitFor(() => expect(received).toHaveLength(1));
});

test('a pattern that is not simulated is refused', async () => {
  const { client } = await withRule();
  const rule = new PutRuleCommand({ Name: 'x', EventPattern: '{"detail":{"n":[{"numeric":[">",1]}]}}' });
  await expect(client.send(rule)).rejects.toBeInstanceOf(InvalidEventPatternException);
});

test('a topic keeps what is published; topics of other Regions and unknown topics are refused', async () => {
  const { world } = makeBench();
  const here = world.sns(recovery).seedTopic('pager');
  const there = world.sns(primary).seedTopic('pager');
  const client = connect(SNSClient, world, { region: recovery });
  await client.send(new PublishCommand({ TopicArn: here, Subject: 'Held', Message: 'look' }));
  expect(world.sns(recovery).messages).toMatchObject([{ topicArn: here, subject: 'Held', message: 'look' }]);
  const elsewhere = client.send(new PublishCommand({ TopicArn: there, Message: 'look' }));
  await expect(elsewhere).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const unknown = client.send(new PublishCommand({ TopicArn: `${here}-x`, Message: 'look' }));
  await expect(unknown).rejects.toBeInstanceOf(NotFoundException);
});

test('from a metric to a run: alarm, event, trigger function, execution, task', async () => {
  const { world } = makeBench({ alarmTimeScale: 0.002 });
  const sfn = connect(SFNClient, world, { region: recovery });
  const tasks: unknown[] = [];
  world.lambda.registerFunction({ region: recovery, name: 'detect', handler: (input) => void tasks.push(input) });
  const Resource = world.lambda.functionArn(recovery, 'detect');
  const detect = {
    Type: 'Task',
    Resource,
    TimeoutSeconds: 5,
    Parameters: { 'runId.$': '$$.Execution.Name' },
    End: true,
  };
  const definition = { StartAt: 'Detect', States: { Detect: detect } };
  const stateMachineArn = world.stepFunctions(recovery).seedStateMachine({ name: 'failover', definition });
  world.lambda.registerFunction({
    region: recovery,
    name: 'trigger',
    handler: (one) => {
      const { detail } = one as { detail: { alarmName: string } };
      return sfn.send(new StartExecutionCommand({ stateMachineArn, name: `run-${detail.alarmName}`, input: '{}' }));
    },
  });
  const bus = connect(EventBridgeClient, world, { region: recovery });
  const pattern = { 'detail-type': ['CloudWatch Alarm State Change'], detail: { state: { value: ['ALARM'] } } };
  await bus.send(new PutRuleCommand({ Name: 'alarms', EventPattern: JSON.stringify(pattern) }));
  const Arn = world.lambda.functionArn(recovery, 'trigger');
  await bus.send(new PutTargetsCommand({ Rule: 'alarms', Targets: [{ Id: 'trigger', Arn }] }));

  const watch = connect(CloudWatchClient, world, { region: recovery });
  const metric = { Namespace: 'Understudy', MetricName: 'Failures', Statistic: 'Maximum', Period: 10 } as const;
  const rule = { EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' } as const;
  await watch.send(new PutMetricAlarmCommand({ AlarmName: 'shop-down', ...metric, ...rule }));
  await watch.send(
    new PutMetricDataCommand({ Namespace: 'Understudy', MetricData: [{ MetricName: 'Failures', Value: 1 }] }),
  );

  const executionArn = 'arn:aws:states:eu-central-1:123456789012:execution:failover:run-shop-down';
  await vi.waitFor(async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(execution.status).toBe('SUCCEEDED');
  });
  expect(tasks).toEqual([{ runId: 'run-shop-down' }]);
  expect(world.troubles).toEqual([]);
  world.stop();
});
