import type {
  CreateDBInstanceReadReplicaCommandInput,
  DBInstance,
  DeleteDBInstanceCommandInput,
} from '@aws-sdk/client-rds';
import { notSimulated } from '../errors.ts';
import { type Answer, type Instance, type Instances, invalidState, refused, requireAvailable } from './instances.ts';

/**
 * "You must enable automatic backups on the source DB instance"; "RDS creates read replicas with backups disabled"; an encrypted
 * one in another Region needs a key there. – User Guide, "Creating a read replica"; API reference,
 * CreateDBInstanceReadReplica, whose errors do not say which one RDS gives for a source without backups or key.
 */
export function createReplica(instances: Instances, input: CreateDBInstanceReadReplicaCommandInput): Answer {
  const id = (input.DBInstanceIdentifier ?? '').toLowerCase();
  instances.requireFree(id);
  const source = instances.findAnywhere(input.SourceDBInstanceIdentifier ?? '');
  requireAvailable(source.instance);
  if ((source.instance.BackupRetentionPeriod ?? 0) === 0) throw invalidState('has no automated backups');
  const isElsewhere = source.at !== instances;
  if (isElsewhere && source.instance.StorageEncrypted === true && input.KmsKeyId === undefined) {
    throw refused('InvalidParameterCombination', 'an encrypted replica in another Region needs KmsKeyId');
  }
  const replica = newReplica(id, input, source.instance);
  replica.ReadReplicaSourceDBInstanceIdentifier = isElsewhere
    ? (source.instance.DBInstanceArn ?? '')
    : source.instance.DBInstanceIdentifier;
  instances.add(replica);
  if (input.Port !== undefined && replica.Endpoint !== undefined) replica.Endpoint.Port = input.Port;
  instances.host.background(() => finishCreation(instances, replica, source));
  return { DBInstance: replica };
}

/** What is not asked for is inherited from the source, but for what belongs to a Region. */
function newReplica(id: string, input: CreateDBInstanceReadReplicaCommandInput, source: Instance): Instance {
  const { Engine, EngineVersion, StorageEncrypted } = source;
  const { DBParameterGroupName, DBSubnetGroupName, OptionGroupName, VpcSecurityGroupIds = [] } = input;
  const shown: DBInstance = {
    Engine,
    EngineVersion,
    StorageEncrypted,
    DBInstanceClass: input.DBInstanceClass ?? source.DBInstanceClass,
    KmsKeyId: input.KmsKeyId,
    StorageType: input.StorageType,
    Iops: input.Iops,
    StorageThroughput: input.StorageThroughput,
    MaxAllocatedStorage: input.MaxAllocatedStorage,
    MultiAZ: input.MultiAZ ?? false,
    PubliclyAccessible: input.PubliclyAccessible ?? false,
    DeletionProtection: input.DeletionProtection ?? false,
    CopyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication ?? false,
    EnabledCloudwatchLogsExports: input.EnableCloudwatchLogsExports,
    DBParameterGroups: DBParameterGroupName === undefined ? undefined : [{ DBParameterGroupName }],
    OptionGroupMemberships: OptionGroupName === undefined ? undefined : [{ OptionGroupName }],
    DBSubnetGroup: DBSubnetGroupName === undefined ? undefined : { DBSubnetGroupName },
    VpcSecurityGroups: VpcSecurityGroupIds.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
    TagList: input.Tags,
  };
  const known = Object.entries(shown).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    DBInstanceIdentifier: id,
    DBInstanceStatus: 'creating',
    BackupRetentionPeriod: 0,
  };
}

interface Source {
  readonly at: Instances;
  readonly instance: Instance;
}

/** The copy of the data needs both Regions. */
async function finishCreation(instances: Instances, replica: Instance, source: Source): Promise<void> {
  const { host, region } = instances;
  await host.up(region);
  await host.up(source.at.region);
  if (host.substrate.createReplica === undefined) {
    throw notSimulated('RDS', 'CreateDBInstanceReadReplica on this substrate');
  }
  const failed = await host.substrate
    .createReplica(instances.ref(replica), source.at.ref(source.instance))
    .then(() => false)
    .catch(() => true);
  await host.up(region);
  if (!instances.has(replica) || replica.DBInstanceStatus === 'deleting') return;
  replica.DBInstanceStatus = failed ? 'failed' : 'available';
  if (!failed) replica.StatusInfos = [{ StatusType: 'read replication', Status: 'replicating', Normal: true }];
}

/**
 * A final snapshot is not simulated, so it must be skipped, as RDS demands for a replica. Whether RDS deletes an instance that
 * is still being created is not documented; here it does. What becomes of replicas of a deleted source is not simulated.
 */
export function deleteInstance(instances: Instances, input: DeleteDBInstanceCommandInput): Answer {
  const instance = instances.find(input.DBInstanceIdentifier);
  if (instance.DBInstanceStatus === 'deleting') throw invalidState('is already being deleted');
  if (instance.DeletionProtection === true) {
    throw refused('InvalidParameterCombination', 'Cannot delete protected DB Instance');
  }
  if (input.SkipFinalSnapshot !== true) {
    throw refused(
      'InvalidParameterCombination',
      'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is set',
    );
  }
  if (instances.replicasOf(instance).length > 0) throw notSimulated('RDS', 'DeleteDBInstance of a source');
  instance.DBInstanceStatus = 'deleting';
  instances.host.background(() => finishDeletion(instances, instance));
  return { DBInstance: instance };
}

async function finishDeletion(instances: Instances, instance: Instance): Promise<void> {
  const { host, region } = instances;
  await host.up(region);
  if (host.substrate.deleteDatabase === undefined) throw notSimulated('RDS', 'DeleteDBInstance on this substrate');
  await host.substrate.deleteDatabase(instances.ref(instance));
  await host.up(region);
  instances.remove(instance);
}
