import {
  type Datapoint,
  type GetMetricDataCommandInput,
  type GetMetricStatisticsCommandInput,
  InvalidParameterValueException,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { fault, notSimulated } from '../errors.ts';
import { type MetricStore, metricId, type Statistic, toStatistic } from './metrics.ts';

interface Point {
  readonly at: number;
  readonly value: number;
}

interface Span {
  readonly StartTime?: Date | undefined;
  readonly EndTime?: Date | undefined;
}

/** Pages share the limit evenly between the queries; the token is how many datapoints of each were already sent. */
export function getMetricData(
  store: MetricStore,
  input: GetMetricDataCommandInput,
): { MetricDataResults: MetricDataResult[]; NextToken?: string } {
  const queries = input.MetricDataQueries ?? [];
  const offset = Number(input.NextToken ?? 0);
  const size = Math.max(1, Math.floor((input.MaxDatapoints ?? 100_800) / Math.max(1, queries.length)));
  const all = queries.map((query) => ({ query, series: seriesOf(store, query, input) }));
  const isPartial = all.some(({ series }) => series.length > offset + size);
  const results = all
    .filter(({ query }) => query.ReturnData !== false)
    .map(({ query, series }) => toResult(query, series, { from: offset, to: offset + size }));
  return { MetricDataResults: results, ...(isPartial ? { NextToken: String(offset + size) } : {}) };
}

export function getMetricStatistics(
  store: MetricStore,
  input: GetMetricStatisticsCommandInput,
): { Label: string; Datapoints: Datapoint[] } {
  const key = { namespace: input.Namespace ?? '', name: input.MetricName ?? '', dimensions: input.Dimensions ?? [] };
  const series = store.series(metricId(key));
  const datapoints = windows(input, input.Period).flatMap((window) => {
    const values = (input.Statistics ?? []).map((name) => [name, series(toStatistic(name), window)]);
    const isEmpty = values.every(([, value]) => value === undefined);
    return isEmpty ? [] : [{ Timestamp: new Date(window.from), ...Object.fromEntries(values) }];
  });
  return { Label: key.name, Datapoints: datapoints };
}

function toResult(
  query: MetricDataQuery,
  series: readonly Point[],
  page: { from: number; to: number },
): MetricDataResult {
  const points = series.slice(page.from, page.to);
  return {
    Id: query.Id,
    Label: query.Label ?? query.MetricStat?.Metric?.MetricName,
    Timestamps: points.map(({ at }) => new Date(at)),
    Values: points.map(({ value }) => value),
    StatusCode: series.length > page.to ? 'PartialData' : 'Complete',
  };
}

/** Newest first unless `ScanBy` says otherwise, as in CloudWatch. */
function seriesOf(store: MetricStore, query: MetricDataQuery, input: GetMetricDataCommandInput): readonly Point[] {
  const { MetricStat: stat } = query;
  if (stat === undefined) throw notSimulated('CloudWatch', 'GetMetricData with Expression');
  const metric = stat.Metric;
  const key = {
    namespace: metric?.Namespace ?? '',
    name: metric?.MetricName ?? '',
    dimensions: metric?.Dimensions ?? [],
  };
  const statistic: Statistic = toStatistic(stat.Stat);
  const series = store.series(metricId(key));
  const points = windows(input, stat.Period).flatMap((window) => {
    const value = series(statistic, window);
    return value === undefined ? [] : [{ at: window.from, value }];
  });
  return input.ScanBy === 'TimestampAscending' ? points : points.reverse();
}

/** Windows of one Period, aligned to it, from StartTime (inclusive) to EndTime (exclusive), oldest first. */
function windows(span: Span, period: number | undefined): readonly { from: number; to: number }[] {
  const periodMs = validPeriod(period) * 1000;
  const first = Math.floor((span.StartTime?.getTime() ?? 0) / periodMs) * periodMs;
  const end = span.EndTime?.getTime() ?? 0;
  const count = Math.max(0, Math.ceil((end - first) / periodMs));
  if (count > 100_800) throw notSimulated('CloudWatch', `a query over ${count} periods`);
  return Array.from({ length: count }, (_, index) => {
    const from = first + index * periodMs;
    return { from, to: from + periodMs };
  });
}

function validPeriod(period: number | undefined): number {
  const seconds = period ?? 0;
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return seconds;
  throw fault(InvalidParameterValueException, `The value ${seconds} for parameter Period is invalid.`);
}
