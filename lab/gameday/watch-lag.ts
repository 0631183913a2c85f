import { setTimeout as sleep } from 'node:timers/promises';
import type { LagSample } from '../checkers/evidence.ts';
import type { Database } from './postgres/database.ts';

/** RDS measures its replicas once a minute; the lab does at its own pace. */
const everyMs = 200;

/**
 * Measures the standby's lag again and again, as RDS does for its ReplicaLag metric, and hands each sample on. RDS reports
 * −1 while replication is not active: so does this. Ends with the signal or with the standby's promotion.
 */
export async function watchLag(standby: Database, ended: AbortSignal, take: (sample: LagSample) => void): Promise<void> {
  while (!ended.aborted) {
    const inRecovery = await standby.isInRecovery().catch(() => false);
    if (!inRecovery) return;
    const { lagSeconds } = await standby.replicationLag().catch(() => ({ lagSeconds: undefined }));
    take({ at: Date.now(), lagSeconds: lagSeconds ?? -1 });
    await sleep(everyMs);
  }
}
