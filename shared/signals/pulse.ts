import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { converted, isUnanswered } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import type { Plan } from '../domain/plan.ts';
import { type Instant, type Place, places } from '../domain/run.ts';
import type { Pulse } from '../domain/well.ts';
import { dimensionsOf, metrics } from './metrics.ts';

interface Asked {
  readonly place: Place;
  readonly now: Instant;
  /** For how long to look back. */
  readonly seconds: number;
}

/** Probe metrics have the finest resolution, which is kept for three hours. */
const periodSeconds = 1;

type Sums = Record<'sent' | 'failed' | 'self', number>;

/** What a place has seen of late, by its own metrics in its own Region. That it does not answer is a fact. */
export async function readPulse(outside: Outside, plan: Plan, asked: Asked): Promise<Pulse> {
  const region = plan.regions[asked.place];
  const client = outside.client(CloudWatchClient, region);
  try {
    const { failed, self, sent } = await converted(`reading probes in ${region}`, () => readSums(client, plan, asked));
    return { answered: true, sent, failed, selfChecksFailed: self };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return { answered: false, why: error instanceof Error ? error.message : String(error) };
  }
}

async function readSums(client: CloudWatchClient, plan: Plan, { now, place, seconds }: Asked): Promise<Sums> {
  const from = now - seconds * 1000;
  const input = { MetricDataQueries: queriesOf(plan, place), StartTime: new Date(from), EndTime: new Date(now) };
  const sums: Sums = { sent: 0, failed: 0, self: 0 };
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults) {
      // CloudWatch rounds the start down and sends what lies before, too.
      const inside = Values.filter((_, index) => (Timestamps[index]?.getTime() ?? 0) + periodSeconds * 1000 > from);
      sums[Id as keyof Sums] += inside.reduce((sum, value) => sum + value, 0);
    }
  }
  return sums;
}

function queriesOf({ application, detection }: Plan, place: Place): MetricDataQuery[] {
  const other = places.find((one) => one !== place);
  const query = (Id: keyof Sums, MetricName: string, Stat: string, about?: Place): MetricDataQuery => {
    const Metric = { Namespace: metrics.namespace, MetricName, Dimensions: dimensionsOf(application, about) };
    return { Id, MetricStat: { Metric, Period: periodSeconds, Stat } };
  };
  return [
    query('sent', metrics.probeFailed, 'SampleCount', other),
    query('failed', metrics.probeFailed, 'Sum', other),
    ...(detection.selfCheck.length > 0 ? [query('self', metrics.selfCheckFailed, 'Sum')] : []),
  ];
}
