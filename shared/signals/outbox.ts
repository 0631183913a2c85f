import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';
import { isFailure } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';
import { metrics } from './metrics.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html (MetricData). */
const dataPerCallMax = 1000;

export interface OutboxOptions {
  readonly region: string;
  readonly log: Log;
  readonly outside: Outside;
  /** Good news is sent once so many reports have come together, which keeps the bill of a quiet month small. */
  readonly quietReports: number;
}

/** `keep`: not to be sent by itself; it goes with what is sent next. */
export type News = 'bad' | 'good' | 'keep';

/** What was seen, on its way to the CloudWatch of the observer's own Region. */
export interface Outbox {
  /** Takes one report and sends all that is there if it is bad news, or if enough good news has come together. */
  report(data: readonly MetricDatum[], news: News): Promise<void>;
  send(): Promise<void>;
}

const outboxes = new WeakMap<Outside, Outbox>();

/**
 * The outbox of this process: Lambda mostly uses a process again, so that what was kept minutes ago can still be sent with
 * the first bad news. A new process has kept nothing; then less is known of the time before the trouble.
 */
export function outboxOf(options: OutboxOptions): Outbox {
  const outbox = outboxes.get(options.outside) ?? openOutbox(options);
  outboxes.set(options.outside, outbox);
  return outbox;
}

function openOutbox({ log, outside, quietReports, region }: OutboxOptions): Outbox {
  let unsent: readonly MetricDatum[] = [];
  let reports = 0;

  async function send(): Promise<void> {
    const data = unsent;
    unsent = [];
    reports = 0;
    if (data.length === 0) return;
    const client = outside.client(CloudWatchClient, region);
    const command = new PutMetricDataCommand({ Namespace: metrics.namespace, MetricData: [...data] });
    try {
      await converted(`publishing probes in ${region}`, () => client.send(command));
    } catch (error) {
      // A failure to publish must not end the probing; the data go with the next call.
      if (!isFailure(error)) throw error;
      unsent = [...data, ...unsent].slice(-dataPerCallMax);
      log('warn', error.message, { unsent: unsent.length });
    }
  }

  return {
    send,
    async report(data, news) {
      unsent = [...unsent, ...data].slice(-dataPerCallMax);
      if (news === 'keep') return;
      reports += 1;
      if (news === 'bad' || reports >= quietReports) await send();
    },
  };
}
