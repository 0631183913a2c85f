import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeAccountAttributesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { converted } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, isFailure, TransientError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import { describe, toInstance } from './aws-instance.ts';
import type { Quota, ReverseAction, ReverseFacts, Settings, Snapshot, Standby, Writer } from './check.ts';
import { builtTag, keptName } from './names.ts';
import type { Spec } from './spec.ts';

/** Both ends; a writer that does not answer is a fact, so that what was begun can be undone without it. */
export async function observeReverse(spec: Spec, run: Run, outside: Outside): Promise<ReverseFacts> {
  const { from, to } = run;
  const { instance } = spec[to.place];
  const [found, writer, snapshot] = await Promise.all([
    describe(instance, to.region, outside),
    writerOf(spec[from.place].instance, from.region, outside),
    snapshotOf(keptName(instance, run.epoch), to.region, outside),
  ]);
  const standby = found === 'absent' ? 'absent' : toStandby(found);
  const quotas = isToBeBuilt(standby) ? await quotasIn(to.region, outside) : undefined;
  return { standby, writer, snapshot, ...(quotas === undefined ? {} : { quotas }) };
}

const isToBeBuilt = (standby: ReverseFacts['standby']): boolean =>
  standby === 'absent' || standby.sourceArn === undefined;

/** Where RDS does not tell, nothing is refused for it: RDS refuses to build what it has no room for. */
async function quotasIn(region: string, outside: Outside): Promise<readonly Quota[] | undefined> {
  const client = outside.client(RDSClient, region);
  try {
    const answer = await converted(`reading the quotas of RDS in ${region}`, () =>
      client.send(new DescribeAccountAttributesCommand({})),
    );
    return (answer.AccountQuotas ?? []).flatMap(({ AccountQuotaName: name, Max: max, Used: used }) =>
      name === undefined || max === undefined || used === undefined ? [] : [{ name, used, max }],
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}

/** One call; the names of errors are converted by the caller. */
export function sendReverse(client: RDSClient, action: ReverseAction): Promise<unknown> {
  const { instance } = action;
  const modify = (input: { readonly NewDBInstanceIdentifier?: string; readonly DeletionProtection?: boolean }) =>
    client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: instance, ApplyImmediately: true, ...input }));
  switch (action.type) {
    case 'create-snapshot': {
      const { snapshot } = action;
      return client.send(
        new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: snapshot }),
      );
    }
    case 'retire':
    case 'bring-back':
      return modify({ NewDBInstanceIdentifier: action.newName });
    case 'create-replica':
      return client.send(replicaWith(action));
    case 'protect':
    case 'unprotect':
      return modify({ DeletionProtection: action.type === 'protect' });
    case 'delete-replica':
      // RDS demands the first of a replica. The second would keep the backups of what is none.
      return client.send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: instance,
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: false,
        }),
      );
  }
}

async function writerOf(instance: string, region: string, outside: Outside): Promise<ReverseFacts['writer']> {
  try {
    const found = await describe(instance, region, outside);
    return found === 'absent' ? 'absent' : toWriter(found);
  } catch (error) {
    if (error instanceof TransientError) return 'unanswered';
    throw error;
  }
}

async function snapshotOf(name: string, region: string, outside: Outside): Promise<ReverseFacts['snapshot']> {
  const client = outside.client(RDSClient, region);
  const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name });
  try {
    const answer = await converted(`describing the snapshot ${name} in ${region}`, () => client.send(command));
    const [found] = answer.DBSnapshots ?? [];
    if (found === undefined) return 'absent';
    const snapshot: Snapshot = { status: found.Status ?? 'unknown', resourceId: found.DbiResourceId ?? 'unknown' };
    return snapshot;
  } catch (error) {
    if (hasCode(error, 'DBSnapshotNotFoundFault', 'DBSnapshotNotFound')) return 'absent';
    throw error;
  }
}

const toStandby = (found: DBInstance): Standby => ({
  ...toInstance(found),
  resourceId: found.DbiResourceId ?? 'unknown',
  settings: toSettings(found),
});

const toWriter = (found: DBInstance): Writer => ({
  arn: found.DBInstanceArn ?? '',
  status: found.DBInstanceStatus ?? 'unknown',
  engine: found.Engine ?? 'unknown',
  backupRetentionDays: found.BackupRetentionPeriod ?? 0,
  isReplica: Boolean(found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier),
  isEncrypted: found.StorageEncrypted ?? false,
});

function toSettings(found: DBInstance): Settings {
  const tags = (found.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
  const settings = {
    instanceClass: found.DBInstanceClass,
    parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName,
    optionGroup: found.OptionGroupMemberships?.map(({ OptionGroupName: name = '' }) => name).find(isOwn),
    subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
    port: found.Endpoint?.Port,
    storageType: found.StorageType,
    ...provisioned(found),
    storageGibMax: found.MaxAllocatedStorage,
    kmsKeyId: found.KmsKeyId,
    isMultiAz: found.MultiAZ ?? false,
    isPublic: found.PubliclyAccessible ?? false,
    isProtected: found.DeletionProtection ?? false,
    hasIamAuthentication: found.IAMDatabaseAuthenticationEnabled ?? false,
    copiesTagsToSnapshots: found.CopyTagsToSnapshot ?? false,
    logExports: found.EnabledCloudwatchLogsExports ?? [],
    tags: Object.fromEntries(tags.filter(([key]) => !key.startsWith('aws:'))),
  };
  return withoutUndefined(settings);
}

/** RDS names its default option groups with a colon, and takes them by itself. */
const isOwn = (optionGroup: string): boolean => optionGroup !== '' && !optionGroup.includes(':');

/** What gp3 gives to all: RDS shows it as if it had been asked for, and refuses to be asked for it on small volumes. */
const gp3Baseline = { iops: 3000, throughput: 125 } as const;

function provisioned({ Iops, StorageThroughput }: DBInstance): Pick<Settings, 'iops' | 'throughput'> {
  return withoutUndefined({
    iops: Iops === gp3Baseline.iops ? undefined : Iops,
    throughput: StorageThroughput === gp3Baseline.throughput ? undefined : StorageThroughput,
  });
}

/** The SDK signs a second request for the Region of the source's ARN by itself. */
function replicaWith({ instance, settings, sourceArn }: Extract<ReverseAction, { type: 'create-replica' }>) {
  const tags = { ...settings.tags, ...builtTag };
  return new CreateDBInstanceReadReplicaCommand({
    DBInstanceIdentifier: instance,
    SourceDBInstanceIdentifier: sourceArn,
    DBInstanceClass: settings.instanceClass,
    DBParameterGroupName: settings.parameterGroup,
    OptionGroupName: settings.optionGroup,
    DBSubnetGroupName: settings.subnetGroup,
    ...(settings.securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: [...settings.securityGroups] }),
    Port: settings.port,
    StorageType: settings.storageType,
    Iops: settings.iops,
    StorageThroughput: settings.throughput,
    MaxAllocatedStorage: settings.storageGibMax,
    KmsKeyId: settings.kmsKeyId,
    MultiAZ: settings.isMultiAz,
    PubliclyAccessible: settings.isPublic,
    EnableIAMDatabaseAuthentication: settings.hasIamAuthentication,
    CopyTagsToSnapshot: settings.copiesTagsToSnapshots,
    ...(settings.logExports.length === 0 ? {} : { EnableCloudwatchLogsExports: [...settings.logExports] }),
    // Protection comes once it is complete: see reverse.ts.
    DeletionProtection: false,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Facts are plain JSON, which knows no undefined. */
const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
