import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { GetEventSourceMappingCommand, LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { act, observe } from '../../../shared/kinds/event-source/aws.ts';
import type { Facts } from '../../../shared/kinds/event-source/check.ts';
import { Spec } from '../../../shared/kinds/event-source/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const lambda = mockClient(LambdaClient);
const events = mockClient(EventBridgeClient);
const scheduler = mockClient(SchedulerClient);
beforeEach(() => {
  for (const one of [lambda, events, scheduler]) one.reset();
});

const uuid = '11111111-1111-4111-8111-111111111111';
const mapping = Spec.parse({ primary: { mapping: uuid }, recovery: { mapping: uuid.replaceAll('1', '2') } });
const rule = Spec.parse({ primary: { rule: 'orders' }, recovery: { rule: 'orders', bus: 'shop' } });
const nightly = { schedule: 'nightly', role: 'caller' };
const schedule = Spec.parse({ primary: nightly, recovery: { ...nightly, group: 'jobs' } });

const isolate = { phase: 'isolate', run: sampleRun() } as const;
const flip = { phase: 'flip-dns', run: sampleRun() } as const;
const outside = outsideOf();
const failing = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode } });

describe('observe', () => {
  it.each([
    ['Enabled', 'on'],
    ['Disabled', 'off'],
    ['Enabling', 'turning-on'],
    ['Disabling', 'turning-off'],
    ['Deleting', 'being-deleted'],
    ['Creating', 'changing'],
    ['Updating', 'changing'],
    ['Unheard', 'changing'],
  ])('a mapping that is %s is %s', async (word, state) => {
    lambda.on(GetEventSourceMappingCommand, { UUID: uuid }).resolves({ State: word });
    expect(await observe(mapping, isolate, outside)).toEqual({ from: { state, word } });
  });

  it.each([
    ['ENABLED', 'on'],
    ['DISABLED', 'off'],
    ['ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS', 'on'],
  ] as const)('a rule that is %s is %s', async (word, state) => {
    events.on(DescribeRuleCommand, { Name: 'orders', EventBusName: 'shop' }).resolves({ State: word });
    expect(await observe(rule, flip, outside)).toEqual({ to: { state, word } });
  });

  it('a rule that a service manages cannot be switched', async () => {
    events.on(DescribeRuleCommand).resolves({ State: 'ENABLED', ManagedBy: 'pipes.amazonaws.com' });
    const { from } = await observe(rule, isolate, outside);
    expect(from).toMatchObject({ state: 'on', unusable: expect.stringContaining('pipes.amazonaws.com') });
  });

  it('a schedule with another role than the plan names cannot be switched', async () => {
    scheduler
      .on(GetScheduleCommand)
      .resolves({ State: 'ENABLED', Target: { Arn: 'a', RoleArn: 'arn:aws:iam::1:role/x-caller' } });
    const { from } = await observe(schedule, isolate, outside);
    expect(from).toMatchObject({ unusable: expect.stringContaining('role/x-caller') });
  });

  it('asks the Region being left only where it must', async () => {
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
    const run = sampleRun({ purpose: 'switchover', from: recovery, to: primary });
    const keys = async (facts: Promise<Facts>) => Object.keys(await facts).sort();
    expect(await keys(observe(mapping, isolate, outside))).toEqual(['from']);
    expect(await keys(observe(mapping, flip, outside))).toEqual(['to']);
    expect(await keys(observe(mapping, { phase: 'rest', run }, outside))).toEqual(['to']);
    expect(await keys(observe(mapping, { phase: 'flip-dns', run }, outside))).toEqual(['from', 'to']);
  });

  it('"not there" and "no answer" are facts, a missing permission is none', async () => {
    lambda.on(GetEventSourceMappingCommand).rejects(failing('ResourceNotFoundException', 404));
    expect(await observe(mapping, isolate, outside)).toEqual({ from: 'absent' });
    lambda.on(GetEventSourceMappingCommand).rejects(failing('ServiceException', 500));
    expect(await observe(mapping, isolate, outside)).toEqual({ from: 'unanswered' });
    lambda.on(GetEventSourceMappingCommand).rejects(failing('AccessDeniedException', 403));
    await expect(observe(mapping, isolate, outside)).rejects.toMatchObject({ name: 'TerminalError' });
  });
});

describe('act', () => {
  it('switches a mapping', async () => {
    lambda.on(UpdateEventSourceMappingCommand).resolves({});
    await act({ type: 'switch-off', at: 'from' }, mapping, isolate, outside);
    expect(lambda.calls().map(({ args }) => args[0].input)).toEqual([{ UUID: uuid, Enabled: false }]);
  });

  it('switches a rule on its bus', async () => {
    events.on(EnableRuleCommand).resolves({});
    events.on(DisableRuleCommand).resolves({});
    await act({ type: 'switch-on', at: 'to' }, rule, flip, outside);
    await act({ type: 'switch-off', at: 'from' }, rule, isolate, outside);
    expect(events.commandCalls(EnableRuleCommand).map(({ args }) => args[0].input)).toEqual([
      { Name: 'orders', EventBusName: 'shop' },
    ]);
    expect(events.commandCalls(DisableRuleCommand).map(({ args }) => args[0].input)).toEqual([
      { Name: 'orders', EventBusName: 'default' },
    ]);
  });

  it('writes a schedule back whole, as JSON had carried it, with another state', async () => {
    const whole = {
      Name: 'nightly',
      GroupName: 'default',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      StartDate: new Date('2026-01-01T00:00:00Z'),
      EndDate: new Date('2027-01-01T00:00:00Z'),
      Description: 'the report',
      KmsKeyArn: 'arn:aws:kms:eu-west-1:1:key/k',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:lambda:eu-west-1:1:function:f',
        RoleArn: 'arn:aws:iam::1:role/caller',
        Input: '{"a":1}',
        RetryPolicy: { MaximumRetryAttempts: 3 },
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:1:q' },
      },
    } as const;
    const told = { Arn: 'a', CreationDate: new Date(1), LastModificationDate: new Date(2), State: 'ENABLED' } as const;
    scheduler.on(GetScheduleCommand, { Name: 'nightly', GroupName: 'default' }).resolves({ ...whole, ...told });
    scheduler.on(UpdateScheduleCommand).resolves({});
    const facts: Facts = JSON.parse(JSON.stringify(await observe(schedule, isolate, outside)));
    expect(facts.from).not.toHaveProperty('unusable');
    const action = {
      type: 'switch-off',
      at: 'from',
      ...(typeof facts.from === 'object' ? { schedule: facts.from.schedule } : {}),
    };
    await act(action as never, schedule, isolate, outside);
    const [sent] = scheduler.commandCalls(UpdateScheduleCommand).map(({ args }) => args[0].input);
    expect(sent).toEqual({ ...whole, State: 'DISABLED' });
  });

  it.each(['ResourceInUseException', 'ConcurrentModificationException', 'ConflictException'])(
    '%s is looked at again',
    async (name) => {
      lambda.on(UpdateEventSourceMappingCommand).rejects(failing(name, 400));
      const done = act({ type: 'switch-on', at: 'to' }, mapping, flip, outside);
      await expect(done).rejects.toMatchObject({ name: 'TransientError', effect: 'none', code: name });
    },
  );
});
