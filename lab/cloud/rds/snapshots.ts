import {
  type CreateDBSnapshotCommandInput,
  type DBSnapshot,
  DBSnapshotAlreadyExistsFault,
  DBSnapshotNotFoundFault,
  type DescribeDBSnapshotsCommandInput,
} from '@aws-sdk/client-rds';
import { fault, notSimulated } from '../errors.ts';
import { arn, timestamp } from '../host.ts';
import { type Instance, type Instances, requireAvailable } from './instances.ts';

/** Manual snapshots in one Region; those that RDS takes by itself are not simulated. */
export class Snapshots {
  readonly #instances: Instances;
  readonly #byId = new Map<string, DBSnapshot>();

  constructor(instances: Instances) {
    this.#instances = instances;
  }

  all(): readonly DBSnapshot[] {
    return structuredClone([...this.#byId.values()]);
  }

  /** "The source DB instance must be in the available or storage-optimization state." – API reference, CreateDBSnapshot */
  create(input: CreateDBSnapshotCommandInput): { DBSnapshot: DBSnapshot } {
    const { host, region } = this.#instances;
    const id = (input.DBSnapshotIdentifier ?? '').toLowerCase();
    const instance = this.#instances.find(input.DBInstanceIdentifier);
    if (this.#byId.has(id)) throw fault(DBSnapshotAlreadyExistsFault, `Cannot create the snapshot ${id}: it exists.`);
    if (instance.DBInstanceStatus !== 'storage-optimization') requireAvailable(instance);
    const snapshot: DBSnapshot = {
      DBSnapshotIdentifier: id,
      DBSnapshotArn: arn(host, region, ['rds', `snapshot:${id}`]),
      DBInstanceIdentifier: instance.DBInstanceIdentifier,
      DbiResourceId: instance.DbiResourceId,
      Engine: instance.Engine,
      EngineVersion: instance.EngineVersion,
      Encrypted: instance.StorageEncrypted ?? false,
      SnapshotType: 'manual',
      SnapshotCreateTime: timestamp(host),
      Status: 'creating',
      PercentProgress: 0,
    };
    this.#byId.set(id, snapshot);
    instance.DBInstanceStatus = 'backing-up';
    host.background(() => this.#finish(snapshot, instance));
    return { DBSnapshot: snapshot };
  }

  /** @throws DBSnapshotNotFoundFault */
  describe(input: DescribeDBSnapshotsCommandInput): { DBSnapshots: DBSnapshot[] } {
    const id = (input.DBSnapshotIdentifier ?? '').toLowerCase();
    const found = this.#byId.get(id);
    if (found === undefined) throw fault(DBSnapshotNotFoundFault, `DBSnapshot ${id} not found.`, 404);
    return { DBSnapshots: [found] };
  }

  async #finish(snapshot: DBSnapshot, instance: Instance): Promise<void> {
    const { host, region } = this.#instances;
    await host.up(region);
    if (host.substrate.snapshotDatabase === undefined) throw notSimulated('RDS', 'CreateDBSnapshot on this substrate');
    const failed = await host.substrate
      .snapshotDatabase(this.#instances.ref(instance), snapshot.DBSnapshotIdentifier ?? '')
      .then(() => false)
      .catch(() => true);
    await host.up(region);
    snapshot.Status = failed ? 'failed' : 'available';
    snapshot.PercentProgress = failed ? 0 : 100;
    if (instance.DBInstanceStatus === 'backing-up') instance.DBInstanceStatus = 'available';
  }
}
