import type {
  AccountQuota,
  CreateDBInstanceReadReplicaCommandInput,
  CreateDBSnapshotCommandInput,
  DBInstance,
  DBSnapshot,
  DeleteDBInstanceCommandInput,
  DescribeDBInstancesCommandInput,
  DescribeDBInstancesCommandOutput,
  DescribeDBSnapshotsCommandInput,
  ModifyDBInstanceCommandInput,
  PromoteReadReplicaCommandInput,
  StartDBInstanceCommandInput,
  StopDBInstanceCommandInput,
} from '@aws-sdk/client-rds';
import { notSimulated } from './errors.ts';
import type { Host, Service } from './host.ts';
import { type Answer, type Instance, Instances, invalidState, refused, requireAvailable } from './rds/instances.ts';
import { modifyInstance } from './rds/modify.ts';
import { createReplica, deleteInstance } from './rds/replicas.ts';
import { Snapshots } from './rds/snapshots.ts';

const quotaNames = ['DBInstances', 'ManualSnapshots'] as const;
type QuotaName = (typeof quotaNames)[number];

export type InstanceSeed = DBInstance & { readonly DBInstanceIdentifier: string };

/** Amazon RDS in one Region. */
export class Rds implements Service {
  readonly operations = {
    DescribeAccountAttributes: () => ({ AccountQuotas: this.#quotas() }),
    DescribeDBInstances: (input: DescribeDBInstancesCommandInput) => this.#describe(input),
    PromoteReadReplica: (input: PromoteReadReplicaCommandInput) => this.#promote(input),
    StopDBInstance: (input: StopDBInstanceCommandInput) => this.#stop(input),
    StartDBInstance: (input: StartDBInstanceCommandInput) => this.#start(input),
    ModifyDBInstance: (input: ModifyDBInstanceCommandInput) => modifyInstance(this.#instances, input),
    CreateDBInstanceReadReplica: (input: CreateDBInstanceReadReplicaCommandInput) =>
      createReplica(this.#instances, input),
    DeleteDBInstance: (input: DeleteDBInstanceCommandInput) => deleteInstance(this.#instances, input),
    CreateDBSnapshot: (input: CreateDBSnapshotCommandInput) => this.#snapshots.create(input),
    DescribeDBSnapshots: (input: DescribeDBSnapshotsCommandInput) => this.#snapshots.describe(input),
  };
  /** As a new account has them. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html */
  readonly #quotaMax: Record<QuotaName, number> = { DBInstances: 40, ManualSnapshots: 100 };
  readonly #host: Host;
  readonly #region: string;
  readonly #instances: Instances;
  readonly #snapshots: Snapshots;

  /** @param everywhere Amazon RDS in all Regions: a source shows its replicas wherever they are */
  constructor(host: Host, region: string, everywhere: () => readonly Rds[]) {
    this.#host = host;
    this.#region = region;
    this.#instances = new Instances(host, region, () => everywhere().map((rds) => rds.#instances));
    this.#snapshots = new Snapshots(this.#instances);
  }

  /** Adds an instance; what the seed leaves open is an available PostgreSQL with one day of backups. */
  seedInstance(seed: InstanceSeed): void {
    const isReplica = seed.ReadReplicaSourceDBInstanceIdentifier !== undefined;
    this.#instances.add({
      DBInstanceStatus: 'available',
      Engine: 'postgres',
      EngineVersion: '18.4',
      BackupRetentionPeriod: 1,
      MultiAZ: false,
      AvailabilityZone: `${this.#region}a`,
      ...(isReplica ? { StatusInfos: [{ StatusType: 'read replication', Status: 'replicating', Normal: true }] } : {}),
      ...structuredClone(seed),
    });
  }

  /** As if somebody had deleted it. @returns what it was */
  removeInstance(id: string): DBInstance {
    const instance = this.instance(id);
    this.#instances.remove(this.#instances.find(id));
    return instance;
  }

  /** Changes what the API shows, e.g. `DBInstanceStatus: 'backing-up'`. */
  patchInstance(id: string, patch: Partial<DBInstance>): void {
    Object.assign(this.#instances.find(id), structuredClone(patch));
  }

  instance(id: string): DBInstance {
    return structuredClone(this.#instances.shown(this.#instances.find(id)));
  }

  /** Identifiers of all instances, sorted. */
  identifiers(): readonly string[] {
    return this.#instances
      .all()
      .map(({ DBInstanceIdentifier: id }) => id)
      .sort();
  }

  snapshots(): readonly DBSnapshot[] {
    return this.#snapshots.all();
  }

  /** The account may have so many in this Region. */
  setQuota(name: QuotaName, max: number): void {
    this.#quotaMax[name] = max;
  }

  #quotas(): readonly AccountQuota[] {
    const used = { DBInstances: this.#instances.all().length, ManualSnapshots: this.#snapshots.all().length };
    return quotaNames.map((name) => ({ AccountQuotaName: name, Used: used[name], Max: this.#quotaMax[name] }));
  }

  #describe(input: DescribeDBInstancesCommandInput): Omit<DescribeDBInstancesCommandOutput, '$metadata'> {
    if (input.DBInstanceIdentifier !== undefined)
      return { DBInstances: [this.#instances.shown(this.#instances.find(input.DBInstanceIdentifier))] };
    const limit = pageSize(input.MaxRecords);
    const all = [...this.#instances.all()].sort(byIdentifier);
    const rest = all.filter(({ DBInstanceIdentifier: id }) => id > (input.Marker ?? ''));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      DBInstances: page.map((one) => this.#instances.shown(one)),
      ...(rest.length > limit && last ? { Marker: last.DBInstanceIdentifier } : {}),
    };
  }

  /**
   * The instance is refused unless it is an available replica (so also while `backing-up`). "When you promote a read
   * replica, replication is stopped and the read replica is rebooted. When the reboot is complete, the read replica is
   * available as a new DB instance." – Amazon RDS User Guide, "Promoting a read replica to be a standalone DB instance".
   * The statuses `modifying` and `rebooting` are from its list of statuses; their order in a promotion is not documented.
   */
  #promote(input: PromoteReadReplicaCommandInput): Answer {
    const instance = this.#instances.find(input.DBInstanceIdentifier);
    if (instance.ReadReplicaSourceDBInstanceIdentifier === undefined) throw invalidState('is not a read replica');
    requireAvailable(instance);
    instance.DBInstanceStatus = 'modifying';
    this.#host.background(() => this.#finishPromotion(instance, input.BackupRetentionPeriod));
    return { DBInstance: instance };
  }

  async #finishPromotion(instance: Instance, backupRetentionPeriod: number | undefined): Promise<void> {
    await this.#host.up(this.#region);
    instance.DBInstanceStatus = 'rebooting';
    const failed = await this.#host.substrate
      .promoteDatabase({ region: this.#region, instance: instance.DBInstanceIdentifier })
      .then(() => false)
      .catch(() => true);
    await this.#host.up(this.#region);
    instance.DBInstanceStatus = failed ? 'failed' : 'available';
    if (failed) return;
    delete instance.ReadReplicaSourceDBInstanceIdentifier;
    delete instance.StatusInfos;
    // "Default: 1" – API reference, PromoteReadReplica. Whether that lowers what the replica had is not documented.
    instance.BackupRetentionPeriod = backupRetentionPeriod ?? (instance.BackupRetentionPeriod || 1);
  }

  /**
   * "You can't stop a DB instance that has a read replica, or that is a read replica"; nor an instance of SQL Server in a
   * Multi-AZ configuration. – Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily". The error's name is
   * that of the API reference for a wrong state; which one RDS gives for these reasons is not documented.
   */
  #stop(input: StopDBInstanceCommandInput): Answer {
    const instance = this.#instances.find(input.DBInstanceIdentifier);
    if (instance.ReadReplicaSourceDBInstanceIdentifier !== undefined) throw invalidState('is a read replica');
    if (this.#instances.replicasOf(instance).length > 0) throw invalidState('has a read replica');
    if (instance.Engine?.startsWith('sqlserver') && instance.MultiAZ) throw invalidState('is Multi-AZ');
    requireAvailable(instance);
    instance.DBInstanceStatus = 'stopping';
    this.#host.background(() => this.#finishStop(instance));
    return { DBInstance: instance };
  }

  async #finishStop(instance: Instance): Promise<void> {
    const { substrate } = this.#host;
    await this.#host.up(this.#region);
    if (substrate.stopDatabase === undefined) throw notSimulated('RDS', 'StopDBInstance on this substrate');
    await substrate.stopDatabase({ region: this.#region, instance: instance.DBInstanceIdentifier });
    instance.DBInstanceStatus = 'stopped';
  }

  #start(input: StartDBInstanceCommandInput): Answer {
    const instance = this.#instances.find(input.DBInstanceIdentifier);
    if (instance.DBInstanceStatus !== 'stopped') throw invalidState('is not stopped');
    instance.DBInstanceStatus = 'starting';
    this.#host.background(() => this.#finishStart(instance));
    return { DBInstance: instance };
  }

  async #finishStart(instance: Instance): Promise<void> {
    const { substrate } = this.#host;
    await this.#host.up(this.#region);
    if (substrate.startDatabase === undefined) throw notSimulated('RDS', 'StartDBInstance on this substrate');
    await substrate.startDatabase({ region: this.#region, instance: instance.DBInstanceIdentifier });
    instance.DBInstanceStatus = 'available';
  }
}

const byIdentifier = (a: Instance, b: Instance): number => (a.DBInstanceIdentifier < b.DBInstanceIdentifier ? -1 : 1);

/** RDS refuses page sizes outside 20–100. */
function pageSize(maxRecords: number | undefined): number {
  const size = maxRecords ?? 100;
  if (size >= 20 && size <= 100) return size;
  throw refused('InvalidParameterValue', `Invalid value ${size} for MaxRecords. Must be between 20 and 100`);
}
