import {
  CloudWatchClient,
  CloudWatchServiceException,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../shared/domain/plan.ts';
import { readEvidence } from '../../../shared/signals/evidence.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { noon } from '../../support/virtual-clock.ts';

const cloudwatch = mockClient(CloudWatchClient);
/** Alarms a to d are seen from recovery, e from witness, and the primary speaks of itself, too. */
const plan = await loadedPlan((draft) => {
  const signal = (alarm: string, observer: string, kind = 'probe') => ({ id: alarm, alarm, observer, kind });
  draft.detection['signals'] = [
    ...['a', 'b', 'c', 'd'].map((alarm) => signal(alarm, 'recovery')),
    signal('e', 'witness', 'alarm'),
    signal('own', 'primary'),
    ...['primary', 'witness'].map((observer, index) => ({
      ...signal(`other-${observer}`, observer, index === 0 ? 'probe' : 'alarm'),
      watches: 'recovery',
    })),
  ];
});
const alarm = (AlarmName: string, StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA') => ({ AlarmName, StateValue });
const timeout = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
const read = (of: Plan = plan) => readEvidence(outsideOf(), of, { watched: 'primary', now: noon });
const statesOf = async () => (await read()).states.map((one) => [one.signal.id, one.state]);
const asked = () => cloudwatch.commandCalls(DescribeAlarmsCommand).map((call) => call.args[0].input.AlarmNames);
const denied = new CloudWatchServiceException({
  name: 'AccessDenied',
  $fault: 'client',
  message: 'no',
  $metadata: { httpStatusCode: 403 },
});

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(DescribeAlarmsCommand).resolves({});
  cloudwatch.on(GetMetricDataCommand).resolves({});
});

describe('reading the alarms', () => {
  it('follows the pages, composite alarms too, and knows what is missing', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmNames: ['a', 'b', 'c', 'd'], NextToken: undefined })
      .resolves({ MetricAlarms: [alarm('a', 'ALARM')], NextToken: 'page-2' })
      .on(DescribeAlarmsCommand, { NextToken: 'page-2' })
      .resolves({ MetricAlarms: [alarm('b', 'OK')], CompositeAlarms: [alarm('c', 'INSUFFICIENT_DATA')] })
      .on(DescribeAlarmsCommand, { AlarmNames: ['e'] })
      .resolves({ CompositeAlarms: [alarm('e', 'ALARM')] });
    expect(await statesOf()).toEqual([
      ['a', 'alarm'],
      ['b', 'ok'],
      ['c', 'insufficient-data'],
      ['d', 'absent'],
      ['e', 'alarm'],
    ]);
  });

  it.each([
    [
      'its state changed',
      { StateTransitionedTimestamp: new Date(noon - 9000), StateUpdatedTimestamp: new Date(noon) },
      noon - 9000,
    ],
    ['it was last updated, where nothing else is told', { StateUpdatedTimestamp: new Date(noon - 1000) }, noon - 1000],
    ['nobody knows', {}, undefined],
  ])('an alarm is red since %s', async (_when, stamps, since) => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmNames: ['e'] })
      .resolves({ MetricAlarms: [{ ...alarm('e', 'ALARM'), ...stamps }] });
    expect((await read()).states.at(-1)?.since).toBe(since);
  });

  it('takes an observer that does not answer for a state of its signals, and hears the other', async () => {
    cloudwatch
      .on(DescribeAlarmsCommand, { AlarmNames: ['e'] })
      .resolves({ MetricAlarms: [alarm('e', 'ALARM')] })
      .on(DescribeAlarmsCommand, { AlarmNames: ['a', 'b', 'c', 'd'] })
      .rejects(timeout);
    const states = ['a', 'b', 'c', 'd'].map((id) => [id, 'unanswered']);
    expect(await statesOf()).toEqual([...states, ['e', 'alarm']]);
    expect((await read()).views.map(({ observer }) => observer)).toEqual(['witness']);
  });

  it('asks neither the watched place nor for signals about the other one', async () => {
    await statesOf();
    expect(asked()).toEqual([['a', 'b', 'c', 'd'], ['e']]);
  });

  it.each([DescribeAlarmsCommand, GetMetricDataCommand])(
    'fails when it is not allowed to ask: that is no silence',
    async (command) => {
      cloudwatch.on(command as typeof DescribeAlarmsCommand).rejects(denied);
      await expect(read()).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
    },
  );
});

describe('reading what the observers saw', () => {
  const ago = (seconds: number): Date => new Date(noon - seconds * 1000);
  const queries = () =>
    cloudwatch.commandCalls(GetMetricDataCommand).map(({ args }) => ({
      from: ((args[0].input.StartTime?.getTime() ?? 0) - noon) / 1000,
      to: ((args[0].input.EndTime?.getTime() ?? 0) - noon) / 1000,
      metrics: args[0].input.MetricDataQueries?.map(({ MetricStat }) => {
        const dimensions = MetricStat?.Metric?.Dimensions?.map(({ Value }) => Value);
        return [MetricStat?.Metric?.MetricName, ...(dimensions ?? [])].join(' ');
      }),
    }));

  it('is one call to each observer, over the time in which its alarms went off', async () => {
    await read();
    const metrics = ['ProbeFailed shop primary', 'ProbeUnanswered shop primary', 'ProbeFailed shop recovery'];
    const query = { from: -30, to: 0, metrics };
    expect(queries()).toEqual([query, query]);
  });

  it('asks for the self-check where the plan has one', async () => {
    await read({ ...plan, detection: { ...plan.detection, selfCheck: ['https://elsewhere.example'] } });
    expect(queries()[0]?.metrics?.at(-1)).toBe('SelfCheckFailed shop');
  });

  it('sums up over all pages, and leaves out what CloudWatch sends from before', async () => {
    cloudwatch
      .on(GetMetricDataCommand, { NextToken: undefined })
      .resolves({
        MetricDataResults: [
          { Id: 'failed', Timestamps: [ago(1), ago(29), ago(30.5), ago(31), ago(59)], Values: [1, 2, 4, 8, 16] },
          { Id: 'unanswered', Timestamps: [ago(1)], Values: [1] },
        ],
        NextToken: 'more',
      })
      .on(GetMetricDataCommand, { NextToken: 'more' })
      .resolves({
        MetricDataResults: [
          { Id: 'failed', Timestamps: [ago(2)], Values: [32] },
          { Id: 'target', Timestamps: [ago(2)], Values: [5] },
          { Id: 'self', Timestamps: [ago(2)], Values: [6] },
        ],
      });
    expect((await read()).views[0]).toEqual({
      observer: 'recovery',
      watched: { failed: 39, unanswered: 1 },
      targetFailed: 5,
      selfChecksFailed: 6,
    });
  });

  it('takes an observer whose metrics do not come for one that does not answer at all', async () => {
    cloudwatch.on(DescribeAlarmsCommand, { AlarmNames: ['e'] }).resolves({ MetricAlarms: [alarm('e', 'ALARM')] });
    cloudwatch.on(GetMetricDataCommand).rejects(timeout);
    const { states, views } = await read();
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['unanswered']));
    expect(views).toEqual([]);
  });
});
