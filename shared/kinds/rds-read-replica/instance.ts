/** A DB instance as RDS describes it. */
export interface Instance {
  /** As RDS words it, e.g. `available`, `backing-up`. */
  readonly status: string;
  /** ARN (same Region: identifier) of what it replicates; absent once it stands alone. */
  readonly sourceArn?: string;
  readonly backupRetentionDays: number;
  readonly engine: string;
  readonly engineVersion: string;
  readonly replication: 'replicating' | 'stopped' | 'error' | 'none';
  readonly address?: string;
  readonly port?: number;
}

/**
 * In these the instance serves. `storage-optimization` may last a day and is documented as fully operational; should RDS
 * still refuse to change it then, act reports that as transient.
 */
export const serving: ReadonlySet<string> = new Set(['available', 'storage-optimization']);

/** Statuses that do not pass by themselves, each with its remedy. `incompatible-…` belongs to them, see remedyFor. */
const stuck: ReadonlyMap<string, string> = new Map([
  ['delete-precheck', 'it is about to be deleted; name another replica in the plan'],
  ['deleting', 'it is being deleted; name another replica in the plan'],
  ['failed', 'RDS cannot recover it; create the replica anew or restore to a point in time'],
  ['inaccessible-encryption-credentials', 'restore access to its KMS key'],
  ['inaccessible-encryption-credentials-recoverable', 'restore access to its KMS key, then start it'],
  ['insufficient-capacity', 'RDS found no capacity for it; create it with another class or zone'],
  ['restore-error', 'its restore failed; create the replica anew'],
  ['stopped', 'start it'],
  ['stopping', 'let it stop, then start it'],
  ['storage-full', 'enlarge its storage: it can neither replay nor accept writes'],
]);

/** What a person can do about a status that does not pass; undefined for all others. */
export function remedyFor(status: string): string | undefined {
  if (status.startsWith('incompatible-')) return 'see its recent events in RDS and correct what they name';
  return stuck.get(status);
}
