import {
  CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { ObserverView } from '../domain/observer-view.ts';
import type { Observer, Plan } from '../domain/plan.ts';
import { type Instant, type Place, places } from '../domain/run.ts';
import { dimensionsOf, metrics } from './metrics.ts';

export interface Look {
  readonly plan: Plan;
  readonly observer: Observer;
  /** The place that may have failed; the other one is the place to activate. */
  readonly watched: Place;
  /** From when to when; what happened before says nothing about the trouble. */
  readonly from: Instant;
  readonly to: Instant;
}

/** Probe metrics have the finest resolution, which is kept for three hours. */
const periodMs = 1000;

/** How many of an observer's probes failed of late, by its own metrics in its own Region. One call. */
export async function readView(outside: Outside, look: Look): Promise<ObserverView> {
  const region = look.plan.regions[look.observer];
  const client = outside.client(CloudWatchClient, region);
  const sums = await converted(`reading probes in ${region}`, () => readSums(client, look));
  return {
    observer: look.observer,
    watched: { failed: sums.failed, unanswered: sums.unanswered },
    targetFailed: sums.target,
    selfChecksFailed: sums.self,
  };
}

type Sums = Record<'failed' | 'unanswered' | 'target' | 'self', number>;

async function readSums(client: CloudWatchClient, look: Look): Promise<Sums> {
  const sums: Sums = { failed: 0, unanswered: 0, target: 0, self: 0 };
  const input = {
    MetricDataQueries: queriesOf(look),
    StartTime: new Date(look.from),
    EndTime: new Date(look.to),
  };
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
    for (const result of MetricDataResults) sums[result.Id as keyof Sums] += sumOf(result, look.from);
  }
  return sums;
}

function queriesOf({ plan, watched }: Look): MetricDataQuery[] {
  const { application, detection } = plan;
  const query = (Id: keyof Sums, MetricName: string, place?: Place): MetricDataQuery => {
    const Metric = { Namespace: metrics.namespace, MetricName, Dimensions: dimensionsOf(application, place) };
    return { Id, MetricStat: { Metric, Period: periodMs / 1000, Stat: 'Sum' } };
  };
  return [
    query('failed', metrics.probeFailed, watched),
    query('unanswered', metrics.probeUnanswered, watched),
    query(
      'target',
      metrics.probeFailed,
      places.find((place) => place !== watched),
    ),
    ...(detection.selfCheck.length > 0 ? [query('self', metrics.selfCheckFailed)] : []),
  ];
}

/**
 * CloudWatch rounds the start down to the minute and sends what lies before, too:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html (StartTime).
 */
const sumOf = ({ Timestamps = [], Values = [] }: MetricDataResult, from: Instant): number =>
  Timestamps.reduce((sum, at, index) => (at.getTime() + periodMs > from ? sum + (Values[index] ?? 0) : sum), 0);
