import {
  type DBInstance,
  DBInstanceNotFoundFault,
  type DescribeDBInstancesCommandInput,
  type DescribeDBInstancesCommandOutput,
  InvalidDBInstanceStateFault,
  type ModifyDBInstanceCommandInput,
  type PromoteReadReplicaCommandInput,
  RDSServiceException,
  type StartDBInstanceCommandInput,
  type StopDBInstanceCommandInput,
} from '@aws-sdk/client-rds';
import { fault, notSimulated } from './errors.ts';
import { arn, type Host, type Service } from './host.ts';

export type InstanceSeed = DBInstance & { readonly DBInstanceIdentifier: string };
type Instance = InstanceSeed;
type Answer = { DBInstance: DBInstance };

/** Amazon RDS in one Region. */
export class Rds implements Service {
  readonly operations = {
    DescribeDBInstances: (input: DescribeDBInstancesCommandInput) => this.#describe(input),
    PromoteReadReplica: (input: PromoteReadReplicaCommandInput) => this.#promote(input),
    StopDBInstance: (input: StopDBInstanceCommandInput) => this.#stop(input),
    StartDBInstance: (input: StartDBInstanceCommandInput) => this.#start(input),
    ModifyDBInstance: (input: ModifyDBInstanceCommandInput) => this.#modify(input),
  };
  readonly #host: Host;
  readonly #region: string;
  readonly #everywhere: () => readonly Rds[];
  readonly #instances = new Map<string, Instance>();

  /** @param everywhere Amazon RDS in all Regions: a source shows its replicas wherever they are */
  constructor(host: Host, region: string, everywhere: () => readonly Rds[]) {
    this.#host = host;
    this.#region = region;
    this.#everywhere = everywhere;
  }

  /** Adds an instance; what the seed leaves open is an available PostgreSQL with one day of backups. */
  seedInstance(seed: InstanceSeed): void {
    const id = seed.DBInstanceIdentifier;
    const isReplica = seed.ReadReplicaSourceDBInstanceIdentifier !== undefined;
    this.#instances.set(id, {
      DBInstanceArn: arn(this.#host, this.#region, ['rds', `db:${id}`]),
      DBInstanceStatus: 'available',
      Engine: 'postgres',
      EngineVersion: '18.4',
      BackupRetentionPeriod: 1,
      Endpoint: { Address: `${id}.lab.${this.#region}.rds.amazonaws.com`, Port: 5432 },
      MultiAZ: false,
      AvailabilityZone: `${this.#region}a`,
      ...(isReplica ? { StatusInfos: [{ StatusType: 'read replication', Status: 'replicating', Normal: true }] } : {}),
      ...structuredClone(seed),
    });
  }

  /** As if somebody had deleted it. @returns what it was */
  removeInstance(id: string): DBInstance {
    const instance = this.instance(id);
    this.#instances.delete(id);
    return instance;
  }

  /** Changes what the API shows, e.g. `DBInstanceStatus: 'backing-up'`. */
  patchInstance(id: string, patch: Partial<DBInstance>): void {
    Object.assign(this.#find(id), structuredClone(patch));
  }

  instance(id: string): DBInstance {
    return structuredClone(this.#shown(this.#find(id)));
  }

  #describe(input: DescribeDBInstancesCommandInput): Omit<DescribeDBInstancesCommandOutput, '$metadata'> {
    if (input.DBInstanceIdentifier !== undefined)
      return { DBInstances: [this.#shown(this.#find(input.DBInstanceIdentifier))] };
    const limit = pageSize(input.MaxRecords);
    const all = [...this.#instances.values()].sort(byIdentifier);
    const rest = all.filter(({ DBInstanceIdentifier: id }) => id > (input.Marker ?? ''));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      DBInstances: page.map((one) => this.#shown(one)),
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
    const instance = this.#find(input.DBInstanceIdentifier);
    if (instance.ReadReplicaSourceDBInstanceIdentifier === undefined) throw invalidState('is not a read replica');
    this.#requireAvailable(instance);
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
    if (backupRetentionPeriod !== undefined) instance.BackupRetentionPeriod = backupRetentionPeriod;
  }

  /**
   * "You can't stop a DB instance that has a read replica, or that is a read replica"; nor an instance of SQL Server in a
   * Multi-AZ configuration. – Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily". The error's name is
   * that of the API reference for a wrong state; which one RDS gives for these reasons is not documented.
   */
  #stop(input: StopDBInstanceCommandInput): Answer {
    const instance = this.#find(input.DBInstanceIdentifier);
    if (instance.ReadReplicaSourceDBInstanceIdentifier !== undefined) throw invalidState('is a read replica');
    if (this.#replicasOf(instance).length > 0) throw invalidState('has a read replica');
    if (instance.Engine?.startsWith('sqlserver') && instance.MultiAZ) throw invalidState('is Multi-AZ');
    this.#requireAvailable(instance);
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
    const instance = this.#find(input.DBInstanceIdentifier);
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

  #shown(instance: Instance): Instance {
    return { ...instance, ReadReplicaDBInstanceIdentifiers: this.#replicasOf(instance) };
  }

  /** By identifier in the same Region, by ARN in others. */
  #replicasOf({ DBInstanceArn, DBInstanceIdentifier }: Instance): string[] {
    const here = [...this.#instances.values()]
      .filter(({ ReadReplicaSourceDBInstanceIdentifier: source }) => source === DBInstanceIdentifier)
      .map((one) => one.DBInstanceIdentifier);
    const elsewhere = this.#everywhere().flatMap((rds) => [...rds.#instances.values()]);
    const replicas = elsewhere.filter((one) => one.ReadReplicaSourceDBInstanceIdentifier === DBInstanceArn);
    return [...here, ...replicas.map((one) => one.DBInstanceArn ?? '')].sort();
  }

  #modify(input: ModifyDBInstanceCommandInput): Answer {
    const instance = this.#find(input.DBInstanceIdentifier);
    this.#requireAvailable(instance);
    if (input.BackupRetentionPeriod !== undefined) instance.BackupRetentionPeriod = input.BackupRetentionPeriod;
    return { DBInstance: instance };
  }

  #requireAvailable(instance: Instance): void {
    if (instance.DBInstanceStatus !== 'available') throw invalidState('is not in available state');
  }

  #find(identifier: string | undefined): Instance {
    const id = (identifier ?? '').split(':').at(-1)?.toLowerCase() ?? '';
    const instance = this.#instances.get(id);
    if (instance === undefined) throw fault(DBInstanceNotFoundFault, `DBInstance ${id} not found.`, 404);
    return instance;
  }
}

const byIdentifier = (a: Instance, b: Instance): number => (a.DBInstanceIdentifier < b.DBInstanceIdentifier ? -1 : 1);

const invalidState = (why: string): InvalidDBInstanceStateFault =>
  fault(InvalidDBInstanceStateFault, `DB instance ${why}.`);

/** RDS refuses page sizes outside 20–100. */
function pageSize(maxRecords: number | undefined): number {
  const size = maxRecords ?? 100;
  if (size >= 20 && size <= 100) return size;
  throw new RDSServiceException({
    name: 'InvalidParameterValue',
    $fault: 'client',
    message: `Invalid value ${size} for MaxRecords. Must be between 20 and 100`,
    $metadata: { httpStatusCode: 400 },
  });
}
