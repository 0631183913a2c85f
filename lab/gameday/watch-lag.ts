import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Outside } from '../../shared/aws/outside.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { Database } from './postgres/database.ts';

/** RDS measures its replicas once a minute; the lab does at its own pace. */
const everyMs = 200;

export interface LagWatch {
  readonly standby: Database;
  /** As RDS in the replica's Region publishes. */
  readonly outside: Outside;
  readonly ended: AbortSignal;
  readonly take: (sample: LagSample) => void;
  /** Whether CloudWatch hears of it. */
  readonly isPublished: () => boolean;
}

/**
 * Measures the standby's lag again and again and publishes it as RDS does: ReplicaLag in seconds, −1 while replication is
 * not active. Ends with the standby's promotion.
 */
export async function watchLag({ ended, isPublished, outside, standby, take }: LagWatch): Promise<void> {
  while (!ended.aborted) {
    if (!(await standby.isInRecovery().catch(() => false))) return;
    const { lagSeconds } = await standby.replicationLag().catch(() => ({ lagSeconds: undefined }));
    const sample = { at: Date.now(), lagSeconds: lagSeconds ?? -1 };
    take(sample);
    if (isPublished()) await publish(outside, standby, sample).catch(() => undefined);
    await sleep(everyMs);
  }
}

async function publish(outside: Outside, { name, region }: Database, { at, lagSeconds }: LagSample): Promise<void> {
  const datum = {
    MetricName: 'ReplicaLag',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: name }],
    Timestamp: new Date(at),
    Value: lagSeconds,
    StorageResolution: 1,
  };
  const command = new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData: [datum] });
  await outside.client(CloudWatchClient, region).send(command);
}
