import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Outside } from '../../shared/aws/outside.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { Database } from './postgres/database.ts';

/** RDS measures its replicas once a minute; the lab does at its own pace. */
const everyMs = 200;

export interface LagWatch {
  /** The database of a Region, writer or standby. */
  readonly database: Database;
  /** As RDS in its Region publishes. */
  readonly outside: Outside;
  readonly ended: AbortSignal;
  readonly take: (sample: LagSample) => void;
  /** Whether CloudWatch hears of it. */
  readonly isPublished: () => boolean;
}

/**
 * Measures the lag of a database again and again while it is a standby, and publishes it as RDS does: ReplicaLag in seconds, −1
 * while replication is not active. A writer, and a database that is not there, has none.
 */
export async function watchLag({ database, ended, isPublished, outside, take }: LagWatch): Promise<void> {
  for (; !ended.aborted; await sleep(everyMs)) {
    if (!(await database.isInRecovery().catch(() => false))) continue;
    const { lagSeconds } = await database.replicationLag().catch(() => ({ lagSeconds: undefined }));
    const sample = { at: Date.now(), region: database.region, lagSeconds: lagSeconds ?? -1 };
    take(sample);
    if (isPublished()) await publish(outside, database, sample).catch(() => undefined);
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
