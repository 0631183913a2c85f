import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  paginateDescribeAlarms,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { expect, test, vi } from 'vitest';
import { evaluate, evaluationRange, type MissingData } from '../../../lab/cloud/cloudwatch/evaluation.ts';
import { systemClock } from '../../../lab/cloud/system-clock.ts';
import type { World } from '../../../lab/cloud/world.ts';
import { collect, connect, makeBench, recovery } from './support.ts';

/** Rows of the tables in "Configuring how CloudWatch alarms treat missing data", Amazon CloudWatch User Guide. */
const documented: readonly [string, number, string, string, string, string][] = [
  ['0 - X - X', 3, 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 3, 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 3, 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['0 X X - X', 3, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - X', 3, 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['X - - - -', 3, 'ALARM', 'retain', 'ALARM', 'OK'],
  ['0 - X - X', 2, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 2, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 2, 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 2, 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - X', 2, 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
];

test.each(documented)(
  'datapoints %s with %i of 3 to alarm are judged as AWS documents',
  (row, datapointsToAlarm, ...states) => {
    const values: Readonly<Record<string, number | undefined>> = { '0': 0, X: 1 };
    const datapoints = row.split(' ').map((sign) => values[sign]);
    const judged = (['missing', 'ignore', 'breaching', 'notBreaching'] as MissingData[]).map((treatMissingData) =>
      evaluate({
        datapoints,
        evaluationPeriods: 3,
        datapointsToAlarm,
        breaches: (value) => value > 0,
        treatMissingData,
      }),
    );
    expect(datapoints).toHaveLength(evaluationRange(3));
    expect(judged).toEqual(states);
  },
);

const alarm: PutMetricAlarmCommandInput = {
  AlarmName: 'shop-down',
  Namespace: 'Understudy',
  MetricName: 'Failures',
  Dimensions: [{ Name: 'Observer', Value: 'outside' }],
  Statistic: 'Maximum',
  Period: 10,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

interface Watched {
  readonly world: World;
  readonly client: CloudWatchClient;
  /** One datapoint in a period of its own; ten seconds of an alarm last 20 ms. */
  readonly put: (value: number) => Promise<void>;
  readonly state: () => string | undefined;
}

function withAlarms(): Watched {
  const { world } = makeBench({ alarmTimeScale: 0.002 });
  const client = connect(CloudWatchClient, world, { region: recovery });
  return {
    world,
    client,
    put: async (value) => {
      const datum = { MetricName: 'Failures', Dimensions: alarm.Dimensions, Value: value, StorageResolution: 1 };
      await client.send(new PutMetricDataCommand({ Namespace: 'Understudy', MetricData: [datum] }));
      await systemClock.sleep(20);
    },
    state: () => world.cloudWatch(recovery).alarmState('shop-down'),
  };
}

test('two breaching datapoints of three raise the alarm as soon as the second arrives; the event has the real shape', async () => {
  const { world, client, put, state } = withAlarms();
  const topicArn = world.sns(recovery).seedTopic('pager');
  await client.send(new PutMetricAlarmCommand({ ...alarm, AlarmActions: [topicArn] }));
  expect(state()).toBe('INSUFFICIENT_DATA');
  await put(0);
  await put(1);
  expect(state()).not.toBe('ALARM');
  await put(1);
  expect(state()).toBe('ALARM');
  const event = world.eventBridge(recovery).events.at(-1);
  expect(event).toMatchObject({
    version: '0',
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    region: recovery,
    resources: ['arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop-down'],
    detail: {
      alarmName: 'shop-down',
      state: { value: 'ALARM', timestamp: expect.stringMatching(/\+0000$/) },
      previousState: { value: expect.stringMatching(/^(OK|INSUFFICIENT_DATA)$/) },
      configuration: {
        metrics: [
          {
            metricStat: {
              metric: { namespace: 'Understudy', name: 'Failures', dimensions: { Observer: 'outside' } },
              period: 10,
              stat: 'Maximum',
            },
          },
        ],
      },
    },
  });
  expect(world.sns(recovery).messages).toHaveLength(1);
  world.stop();
});

test('an alarm that treats missing data as breaching notices that a metric stopped', async () => {
  const { world, client, put, state } = withAlarms();
  await client.send(new PutMetricAlarmCommand({ ...alarm, TreatMissingData: 'breaching' }));
  for (const value of [0, 0, 0]) await put(value);
  expect(state()).toBe('OK');
  await vi.waitFor(() => expect(state()).toBe('ALARM'));
  world.stop();
});

test('nothing is evaluated in a lost Region', async () => {
  const { world, client, put, state } = withAlarms();
  await client.send(new PutMetricAlarmCommand({ ...alarm, TreatMissingData: 'breaching' }));
  for (const value of [0, 0, 0]) await put(value);
  world.loseRegion(recovery);
  await systemClock.sleep(150);
  expect(state()).toBe('OK');
  world.restoreRegion(recovery);
  await vi.waitFor(() => expect(state()).toBe('ALARM'));
  world.stop();
});

test('a state set by hand is announced once and keeps its reason', async () => {
  const { world, client } = withAlarms();
  await client.send(new PutMetricAlarmCommand({ ...alarm, Period: 60 }));
  const set = new SetAlarmStateCommand({ AlarmName: 'shop-down', StateValue: 'ALARM', StateReason: 'drill' });
  await client.send(set);
  await client.send(set);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['shop-down'] }));
  expect(MetricAlarms).toMatchObject([
    { StateValue: 'ALARM', StateReason: 'drill', StateUpdatedTimestamp: expect.any(Date) },
  ]);
  expect(world.eventBridge(recovery).events).toHaveLength(1);
  const unknown = client.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: '' }));
  await expect(unknown).rejects.toBeInstanceOf(ResourceNotFound);
  world.stop();
});

test('alarms are listed page by page, by prefix, and deleted', async () => {
  const { world, client } = withAlarms();
  const names = Array.from({ length: 5 }, (_, index) => `shop-${index}`);
  for (const AlarmName of names) await client.send(new PutMetricAlarmCommand({ ...alarm, AlarmName }));
  await client.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: 'other' }));
  const pages = await collect(paginateDescribeAlarms({ client, pageSize: 2 }, { AlarmNamePrefix: 'shop-' }));
  expect(pages.map((page) => page.MetricAlarms?.map(({ AlarmName }) => AlarmName))).toEqual([
    ['shop-0', 'shop-1'],
    ['shop-2', 'shop-3'],
    ['shop-4'],
  ]);
  await client.send(new DeleteAlarmsCommand({ AlarmNames: names }));
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['other']);
  world.stop();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const MetricData = [1, 2, 6, 3].map((Value, index) => ({ MetricName: 'Lag', Value, Timestamp: at(index * 30) }));
const query = (Stat: string) => ({
  Id: 'm1',
  MetricStat: { Metric: { Namespace: 'N', MetricName: 'Lag' }, Period: 60, Stat },
});

test.each([
  ['Average', [1.5, 4.5]],
  ['Maximum', [2, 6]],
  ['Minimum', [1, 3]],
  ['Sum', [3, 9]],
  ['SampleCount', [2, 2]],
])('the statistic %s is computed for each period', async (Stat, values) => {
  const { client } = withAlarms();
  await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData }));
  const span = { StartTime: at(0), EndTime: at(120) };
  const answer = await client.send(
    new GetMetricDataCommand({ MetricDataQueries: [query(Stat)], ScanBy: 'TimestampAscending', ...span }),
  );
  expect(answer.MetricDataResults).toMatchObject([{ Id: 'm1', Values: values, Timestamps: [at(0), at(60)] }]);
  const statistics = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'N',
      MetricName: 'Lag',
      Period: 60,
      Statistics: [Stat as 'Sum'],
      ...span,
    }),
  );
  expect(statistics.Datapoints).toEqual([
    { Timestamp: at(0), [Stat]: values[0] },
    { Timestamp: at(60), [Stat]: values[1] },
  ]);
});

test('metric data comes newest first and in pages', async () => {
  const { client } = withAlarms();
  await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData }));
  const input = { MetricDataQueries: [query('Sum')], StartTime: at(0), EndTime: at(120), MaxDatapoints: 1 };
  const first = await client.send(new GetMetricDataCommand(input));
  const second = await client.send(new GetMetricDataCommand({ ...input, NextToken: first.NextToken }));
  expect(first.MetricDataResults).toMatchObject([{ Values: [9], StatusCode: 'PartialData' }]);
  expect(second.MetricDataResults).toMatchObject([{ Values: [3], StatusCode: 'Complete' }]);
  expect(second.NextToken).toBe(undefined);
});
