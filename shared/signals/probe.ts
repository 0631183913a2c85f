import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import { isFailure } from '../domain/errors.ts';
import { probeMetric } from '../domain/metric.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { type Instant, type Place, places } from '../domain/run.ts';

/** Good news may be late: it is sent in batches, which keeps the bill of a quiet month small. */
const quietProbesPerBatch = 10;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html (MetricData). */
const dataPerCallMax = 1000;

export interface ProbeDeps {
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
}

/**
 * Asks the application in both places for a sign of life, again and again, and publishes what it saw in its own Region. It
 * loops because a schedule cannot run more often than once a minute. Bad news is published at once.
 * @returns how many probes were sent
 */
export async function probe(
  plan: Plan,
  durationSeconds: number,
  deps: ProbeDeps,
): Promise<{ readonly probes: number }> {
  const until = deps.clock.now() + durationSeconds * 1000;
  const counts = await Promise.all(places.map((place) => probePlace(plan, place, until, deps)));
  return { probes: counts.reduce((sum, count) => sum + count, 0) };
}

async function probePlace(plan: Plan, place: Place, until: Instant, deps: ProbeDeps): Promise<number> {
  const { everySeconds, timeoutSeconds } = plan.detection.probes;
  const url = plan.detection.probes[place];
  let unsent: MetricDatum[] = [];
  let probes = 0;
  for (let due = deps.clock.now(); due < until; due = Math.max(due + everySeconds * 1000, deps.clock.now())) {
    await deps.clock.sleep(due - deps.clock.now());
    const answer = await deps.outside.http({ method: 'GET', url, timeoutMs: timeoutSeconds * 1000 });
    const failed = !answer.answered || answer.status >= 400;
    unsent.push(datum(plan, place, failed, deps.clock.now()));
    probes++;
    if (failed || unsent.length >= quietProbesPerBatch) unsent = await publish(deps, unsent);
  }
  await publish(deps, unsent);
  return probes;
}

function datum(plan: Plan, place: Place, failed: boolean, at: Instant): MetricDatum {
  return {
    MetricName: probeMetric.name,
    Dimensions: [
      { Name: 'Application', Value: plan.application },
      { Name: 'Place', Value: place },
    ],
    Timestamp: new Date(at),
    Value: failed ? 1 : 0,
    StorageResolution: 1,
  };
}

/** @returns what is still to be sent: a failure to publish must not end the probing. */
async function publish({ log, outside, region }: ProbeDeps, data: MetricDatum[]): Promise<MetricDatum[]> {
  if (data.length === 0) return data;
  const client = outside.client(CloudWatchClient, region);
  try {
    await converted(`publishing probes in ${region}`, () =>
      client.send(new PutMetricDataCommand({ Namespace: probeMetric.namespace, MetricData: data })),
    );
    return [];
  } catch (error) {
    if (!isFailure(error)) throw error;
    log('warn', error.message, { unsent: data.length });
    // One more is added before the next call.
    return data.slice(-(dataPerCallMax - 1));
  }
}
