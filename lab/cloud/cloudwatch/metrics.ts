import type { Dimension, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { notSimulated } from '../errors.ts';

export interface MetricKey {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount';

interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The latest `at` of this sample and all before it: late data comes out of order. */
  readonly latestAt: number;
  readonly value: number;
  readonly count: number;
}

/** A lab runs for minutes: older samples of one metric are dropped beyond this number. */
const samplesMax = 20_000;

/** The samples of every metric of one Region. */
export class MetricStore {
  readonly #samples = new Map<string, Sample[]>();

  /** @returns what the metric is called, as by metricId() */
  add(namespace: string, datum: MetricDatum, nowMs: number): string {
    if (datum.StatisticValues !== undefined) throw notSimulated('CloudWatch', 'PutMetricData with StatisticValues');
    const id = metricId({ namespace, name: datum.MetricName ?? '', dimensions: datum.Dimensions ?? [] });
    const at = datum.Timestamp?.getTime() ?? nowMs;
    const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
    const samples = this.#of(id);
    const latestAt = Math.max(at, samples.at(-1)?.latestAt ?? at);
    values.forEach((value, index) => {
      samples.push({ at, latestAt, value, count: datum.Counts?.[index] ?? 1 });
    });
    if (samples.length > samplesMax) samples.splice(0, samples.length - samplesMax);
    return id;
  }

  /** What there is of one metric, by the name that metricId() gives it. */
  series(id: string): Series {
    const samples = this.#samples.get(id) ?? [];
    return (statistic, { from, to }) => {
      const within = since(samples, from).filter(({ at }) => at >= from && at < to);
      return within.length === 0 ? undefined : aggregate(within, statistic);
    };
  }

  #of(id: string): Sample[] {
    const samples = this.#samples.get(id) ?? [];
    this.#samples.set(id, samples);
    return samples;
  }
}

/** Without the oldest, as far as all of them are older than `from`: alarms ask for the newest of many, again and again. */
function since(samples: readonly Sample[], from: number): readonly Sample[] {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.latestAt ?? from) < from) low = middle + 1;
    else high = middle;
  }
  return samples.slice(low);
}

/** The statistic over the samples with `from` ≤ at < `to` (ms); undefined when there are none. */
export type Series = (statistic: Statistic, window: { from: number; to: number }) => number | undefined;

/** The same dimensions in another order are the same metric. */
export function metricId({ namespace, name, dimensions }: MetricKey): string {
  const sorted = dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return [namespace, name, ...sorted].join('\n');
}

/** @throws UnknownSimulatedOperation for percentiles and the like */
export function toStatistic(name: string | undefined): Statistic {
  const known: readonly Statistic[] = ['Average', 'Maximum', 'Minimum', 'Sum', 'SampleCount'];
  const statistic = known.find((one) => one === name);
  if (statistic === undefined) throw notSimulated('CloudWatch', `statistic ${name}`);
  return statistic;
}

function aggregate(samples: readonly Sample[], statistic: Statistic): number {
  const count = samples.reduce((total, sample) => total + sample.count, 0);
  const sum = samples.reduce((total, sample) => total + sample.value * sample.count, 0);
  const values = samples.map(({ value }) => value);
  const statistics = { SampleCount: count, Sum: sum, Average: sum / count };
  if (statistic === 'Maximum') return Math.max(...values);
  if (statistic === 'Minimum') return Math.min(...values);
  return statistics[statistic];
}
