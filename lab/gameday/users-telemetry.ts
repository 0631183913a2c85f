import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Outside } from '../../shared/aws/outside.ts';
import type { Progress } from './client/result.ts';

/** What the application's users report, as real-user monitoring would: 1 for an attempt that failed, 0 for one that did not. */
export const usersMetric = { namespace: 'Shop', name: 'OrderFailed' } as const;

/**
 * Publishes what the load client has told since the last time in the CloudWatch of one Region. Users do not wait for it, and
 * when nobody takes it, it is lost.
 */
export function usersTelemetry(outside: Outside, region: string): (progress: Progress) => void {
  let before = { acknowledged: 0, failed: 0 };
  return ({ acknowledged, failed }) => {
    const counts = [acknowledged - before.acknowledged, failed - before.failed];
    before = { acknowledged, failed };
    const told = [0, 1].filter((value) => (counts[value] ?? 0) > 0);
    if (told.length === 0) return;
    const datum = {
      MetricName: usersMetric.name,
      Timestamp: new Date(),
      Values: told,
      Counts: told.map((value) => counts[value] ?? 0),
      StorageResolution: 1,
    };
    const command = new PutMetricDataCommand({ Namespace: usersMetric.namespace, MetricData: [datum] });
    void outside
      .client(CloudWatchClient, region)
      .send(command)
      .catch(() => undefined);
  };
}
