import type { MetricAlarm, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { notSimulated } from '../errors.ts';
import type { NewEvent } from '../eventbridge.ts';
import { type AlarmState, comparison, evaluate, evaluationRange, type MissingData } from './evaluation.ts';
import { type MetricKey, type MetricStore, metricId, toStatistic } from './metrics.ts';

/** An alarm as DescribeAlarms shows it, with what evaluation needs always present. */
export interface Alarm extends MetricAlarm {
  AlarmName: string;
  AlarmArn: string;
  Period: number;
  EvaluationPeriods: number;
  StateValue: AlarmState;
  StateReason: string;
  StateUpdatedTimestamp: Date;
  StateTransitionedTimestamp: Date;
}

export interface Judgement {
  readonly state: AlarmState | 'retain';
  /** Worded when asked for: most judgements change nothing. */
  readonly reason: () => string;
  readonly reasonData: () => string;
}

interface Moment {
  readonly nowMs: number;
  /** See Settings.alarmTimeScale. */
  readonly timeScale: number;
}

const metricOf = (alarm: MetricAlarm): MetricKey => ({
  namespace: alarm.Namespace ?? '',
  name: alarm.MetricName ?? '',
  dimensions: alarm.Dimensions ?? [],
});

/** Alarms are never changed, only replaced: each is named once. */
const named = new WeakMap<MetricAlarm, string>();

/** What the metric is called that an alarm watches. */
export function metricIdOf(alarm: MetricAlarm): string {
  const id = named.get(alarm) ?? metricId(metricOf(alarm));
  named.set(alarm, id);
  return id;
}

/** "When you update an existing alarm, its state is left unchanged." – PutMetricAlarm */
export function makeAlarm(
  input: PutMetricAlarmCommandInput,
  base: { arn: string; now: Date; existing: Alarm | undefined },
): Alarm {
  const { Period, EvaluationPeriods, AlarmName } = input;
  if (AlarmName === undefined || Period === undefined || EvaluationPeriods === undefined) {
    throw notSimulated('CloudWatch', 'PutMetricAlarm without AlarmName, Period or EvaluationPeriods');
  }
  comparison(input.ComparisonOperator);
  toStatistic(input.Statistic);
  const { existing, now } = base;
  return {
    ActionsEnabled: true,
    ...input,
    AlarmName,
    Period,
    EvaluationPeriods,
    AlarmArn: base.arn,
    StateValue: existing?.StateValue ?? 'INSUFFICIENT_DATA',
    StateReason: existing?.StateReason ?? 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: existing?.StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: existing?.StateTransitionedTimestamp ?? now,
    AlarmConfigurationUpdatedTimestamp: now,
  };
}

/**
 * Looks at the newest periods. The current, unfinished period counts as soon as it has data, which is how a fast lab
 * gets a verdict at once; real alarms are evaluated every 10 s (high resolution) or 60 s.
 */
export function judge(alarm: Alarm, store: MetricStore, moment: Moment): Judgement {
  const points = recentDatapoints(alarm, store, moment);
  const { words, breaches } = comparison(alarm.ComparisonOperator);
  const threshold = alarm.Threshold ?? 0;
  const state = evaluate({
    datapoints: points.map(({ value }) => value),
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    breaches: (value) => breaches(value, threshold),
    treatMissingData: (alarm.TreatMissingData ?? 'missing') as MissingData,
  });
  const reason = (): string => {
    const existing = points.flatMap(({ value }) => value ?? []);
    const verdict =
      state === 'ALARM' ? 'Threshold Crossed' : state === 'OK' ? 'Threshold not crossed' : 'Insufficient Data';
    return `${verdict}: datapoints [${existing}], ${points.length - existing.length} missing, threshold ${words} ${threshold}.`;
  };
  const data = (): string => JSON.stringify(reasonData(alarm, { points, threshold, nowMs: moment.nowMs }));
  return { state, reason, reasonData: data };
}

interface Point {
  readonly from: number;
  readonly value: number | undefined;
}

function recentDatapoints(alarm: Alarm, store: MetricStore, { nowMs, timeScale }: Moment): readonly Point[] {
  const periodMs = alarm.Period * 1000 * timeScale;
  const current = Math.floor(nowMs / periodMs);
  const series = store.series(metricIdOf(alarm));
  const statistic = toStatistic(alarm.Statistic);
  const at = (index: number): Point => {
    const window = { from: index * periodMs, to: (index + 1) * periodMs };
    return { from: window.from, value: series(statistic, window) };
  };
  const last = at(current).value === undefined ? current - 1 : current;
  const length = evaluationRange(alarm.EvaluationPeriods);
  return Array.from({ length }, (_, index) => at(last - length + 1 + index));
}

function reasonData(alarm: Alarm, seen: { points: readonly Point[]; threshold: number; nowMs: number }): object {
  const existing = seen.points.filter(({ value }) => value !== undefined);
  return {
    version: '1.0',
    queryDate: awsTime(seen.nowMs),
    statistic: alarm.Statistic,
    period: alarm.Period,
    recentDatapoints: existing.map(({ value }) => value),
    threshold: seen.threshold,
    evaluatedDatapoints: existing.map(({ from, value }) => ({ timestamp: awsTime(from), value })),
  };
}

/** The event of a state change, in the shape of "Alarm events and EventBridge" (Amazon CloudWatch User Guide). */
export function stateChangeEvent(alarm: Alarm, previous: Alarm): NewEvent {
  const { namespace, name, dimensions } = metricOf(alarm);
  const dimensionMap = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));
  const metric = { namespace, name, dimensions: dimensionMap };
  const metricStat = { metric, period: alarm.Period, stat: alarm.Statistic };
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [alarm.AlarmArn],
    detail: {
      alarmName: alarm.AlarmName,
      state: stateDetail(alarm),
      previousState: stateDetail(previous),
      configuration: {
        ...(alarm.AlarmDescription === undefined ? {} : { description: alarm.AlarmDescription }),
        metrics: [{ id: 'm1', metricStat, returnData: true }],
      },
    },
  };
}

const stateDetail = (alarm: Alarm): object => ({
  value: alarm.StateValue,
  reason: alarm.StateReason,
  ...(alarm.StateReasonData === undefined ? {} : { reasonData: alarm.StateReasonData }),
  timestamp: awsTime(alarm.StateUpdatedTimestamp.getTime()),
});

const awsTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');
