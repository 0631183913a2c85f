import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  DBInstanceAlreadyExistsFault,
  DBInstanceNotFoundFault,
  DBSnapshotAlreadyExistsFault,
  DBSnapshotNotFoundFault,
  DeleteDBInstanceCommand,
  DescribeAccountAttributesCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  InvalidDBInstanceStateFault,
  ModifyDBInstanceCommand,
  RDSClient,
  RDSServiceException,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/rds-read-replica/aws.ts';
import type { ReverseAction, ReverseFacts } from '../../../shared/kinds/rds-read-replica/check.ts';
import type { Settings } from '../../../shared/kinds/rds-read-replica/settings.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const rds = mockClient(RDSClient);
const spec = Spec.parse({ primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-2' } });
const run = sampleRun({ purpose: 'reprotect', from: recovery, to: primary, epoch: 5 });
const target: Target = { phase: 'reverse', run };
const look = () => observe(spec, target, outsideOf()) as Promise<ReverseFacts>;
const of = (id: string) => ({ DBInstanceIdentifier: id });
const metadata = { message: 'no', $metadata: { httpStatusCode: 400, attempts: 1 } };
const writerArn = 'arn:aws:rds:eu-central-1:123456789012:db:orders-db-2';

const old: DBInstance = {
  DBInstanceIdentifier: 'orders-db',
  DBInstanceStatus: 'available',
  DbiResourceId: 'db-1',
  DBInstanceClass: 'db.r8g.large',
  Engine: 'postgres',
  EngineVersion: '18.4',
  BackupRetentionPeriod: 7,
  Endpoint: { Address: 'orders-db.example', Port: 5433 },
  DBParameterGroups: [{ DBParameterGroupName: 'orders-18' }],
  OptionGroupMemberships: [{ OptionGroupName: 'default:postgres-18' }],
  DBSubnetGroup: { DBSubnetGroupName: 'orders' },
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }, { VpcSecurityGroupId: 'sg-2' }],
  StorageType: 'gp3',
  Iops: 3000,
  StorageThroughput: 250,
  MaxAllocatedStorage: 500,
  StorageEncrypted: true,
  KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k',
  MultiAZ: true,
  DeletionProtection: true,
  CopyTagsToSnapshot: true,
  IAMDatabaseAuthenticationEnabled: true,
  EnabledCloudwatchLogsExports: ['postgresql'],
  TagList: [
    { Key: 'owner', Value: 'shop' },
    { Key: 'aws:cloudformation:stack-name', Value: 'shop' },
  ],
};
const settings: Settings = {
  instanceClass: 'db.r8g.large',
  parameterGroup: 'orders-18',
  subnetGroup: 'orders',
  securityGroups: ['sg-1', 'sg-2'],
  port: 5433,
  storageType: 'gp3',
  throughput: 250,
  storageGibMax: 500,
  kmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k',
  isMultiAz: true,
  isPublic: false,
  isProtected: true,
  hasIamAuthentication: true,
  copiesTagsToSnapshots: true,
  logExports: ['postgresql'],
  tags: { owner: 'shop' },
};

beforeEach(() => {
  rds.reset();
  rds.on(DescribeDBInstancesCommand, of('orders-db')).resolves({ DBInstances: [old] });
  rds.on(DescribeDBInstancesCommand, of('orders-db-2')).resolves({
    DBInstances: [
      {
        DBInstanceArn: writerArn,
        DBInstanceStatus: 'available',
        Engine: 'postgres',
        BackupRetentionPeriod: 1,
        StorageEncrypted: true,
      },
    ],
  });
  rds.on(DescribeDBSnapshotsCommand).rejects(new DBSnapshotNotFoundFault(metadata));
  rds.on(DescribeAccountAttributesCommand).resolves({
    AccountQuotas: [
      { AccountQuotaName: 'AllocatedStorage', Used: 10, Max: 100_000 },
      { AccountQuotaName: 'DBInstances', Used: 22, Max: 40 },
    ],
  });
});

describe('observe', () => {
  it('asks for both ends and for the snapshot of this epoch, each in its Region', async () => {
    expect(await look()).toMatchObject({
      standby: { status: 'available', resourceId: 'db-1', replication: 'none', port: 5433 },
      writer: { arn: writerArn, backupRetentionDays: 1, isEncrypted: true, isReplica: false },
      snapshot: 'absent',
    });
    const regionsOf = (id: string) =>
      Promise.all(rds.commandCalls(DescribeDBInstancesCommand, of(id)).map((call) => call.thisValue.config.region()));
    expect(await regionsOf('orders-db')).toEqual(['eu-west-1']);
    expect(await regionsOf('orders-db-2')).toEqual(['eu-central-1']);
    const [asked] = rds.commandCalls(DescribeDBSnapshotsCommand);
    expect(asked?.args[0].input).toEqual({ DBSnapshotIdentifier: 'orders-db-understudy-e5' });
  });

  it('reads all that a replica in its place is built from, and it survives the table', async () => {
    const { standby } = await look();
    expect(standby).toMatchObject({ settings });
    expect(JSON.parse(JSON.stringify(standby))).toEqual(standby);
  });

  it.each<[string, Error, 'writer' | 'standby', ReverseFacts['writer']]>([
    ['a standby that is not there', new DBInstanceNotFoundFault(metadata), 'standby', 'absent'],
    ['a writer that is not there', new DBInstanceNotFoundFault(metadata), 'writer', 'absent'],
    ['a writer that does not answer', Object.assign(new Error('no'), { name: 'TimeoutError' }), 'writer', 'unanswered'],
  ])('takes for a fact %s', async (_title, error, end, fact) => {
    rds.on(DescribeDBInstancesCommand, of(end === 'writer' ? 'orders-db-2' : 'orders-db')).rejects(error);
    expect(await look()).toMatchObject({ [end]: fact });
  });

  it('does not take the silence of the Region where it acts for a fact', async () => {
    const silence = Object.assign(new Error('no'), { name: 'TimeoutError' });
    rds.on(DescribeDBInstancesCommand, of('orders-db')).rejects(silence);
    await expect(look()).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('reads the quotas of the Region at rest', async () => {
    expect((await look()).quotas).toContainEqual({ name: 'DBInstances', used: 22, max: 40 });
    const [asked] = rds.commandCalls(DescribeAccountAttributesCommand);
    expect(await asked?.thisValue.config.region()).toBe('eu-west-1');
  });

  it('does not ask for quotas where a replica is there, and refuses nothing when RDS does not tell', async () => {
    rds
      .on(DescribeAccountAttributesCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' }));
    expect(await look()).not.toHaveProperty('quotas');
    rds.resetHistory();
    const replica = { ...old, ReadReplicaSourceDBInstanceIdentifier: writerArn };
    rds.on(DescribeDBInstancesCommand, of('orders-db')).resolves({ DBInstances: [replica] });
    await look();
    expect(rds.commandCalls(DescribeAccountAttributesCommand)).toEqual([]);
  });

  it('sees how far a snapshot is, and of what', async () => {
    const found = { Status: 'creating', DbiResourceId: 'db-1' };
    rds.on(DescribeDBSnapshotsCommand).resolves({ DBSnapshots: [found] });
    expect((await look()).snapshot).toEqual({ status: 'creating', resourceId: 'db-1' });
  });
});

const ask = (action: ReverseAction) => act(action, spec, target, outsideOf());
const kept = 'orders-db-understudy-e5';
const onReplica = { instance: 'orders-db', sourceArn: writerArn };
const create: ReverseAction = { type: 'create-replica', ...onReplica, settings };

describe('act makes one call in the Region at rest', () => {
  it.each<[ReverseAction, typeof ModifyDBInstanceCommand, object]>([
    [
      { type: 'create-snapshot', instance: 'orders-db', snapshot: kept },
      CreateDBSnapshotCommand as never,
      { DBInstanceIdentifier: 'orders-db', DBSnapshotIdentifier: kept },
    ],
    [
      { type: 'retire', instance: 'orders-db', newName: kept },
      ModifyDBInstanceCommand,
      { DBInstanceIdentifier: 'orders-db', NewDBInstanceIdentifier: kept, ApplyImmediately: true },
    ],
    [
      { type: 'bring-back', instance: kept, newName: 'orders-db' },
      ModifyDBInstanceCommand,
      { DBInstanceIdentifier: kept, NewDBInstanceIdentifier: 'orders-db', ApplyImmediately: true },
    ],
    [
      { type: 'protect', ...onReplica },
      ModifyDBInstanceCommand,
      { DBInstanceIdentifier: 'orders-db', DeletionProtection: true, ApplyImmediately: true },
    ],
    [
      { type: 'unprotect', ...onReplica },
      ModifyDBInstanceCommand,
      { DBInstanceIdentifier: 'orders-db', DeletionProtection: false, ApplyImmediately: true },
    ],
    [
      { type: 'delete-replica', ...onReplica },
      DeleteDBInstanceCommand as never,
      { DBInstanceIdentifier: 'orders-db', SkipFinalSnapshot: true, DeleteAutomatedBackups: false },
    ],
  ])('$type', async (action, Command, input) => {
    rds.on(Command).resolves({});
    await ask(action);
    expect(rds.calls()).toHaveLength(1);
    const [call] = rds.commandCalls(Command);
    expect(call?.args[0].input).toEqual(input);
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });

  it('create-replica carries everything over but the protection, and marks what it builds', async () => {
    rds.on(CreateDBInstanceReadReplicaCommand).resolves({});
    await ask(create);
    const [call] = rds.commandCalls(CreateDBInstanceReadReplicaCommand);
    expect(call?.args[0].input).toEqual({
      DBInstanceIdentifier: 'orders-db',
      SourceDBInstanceIdentifier: writerArn,
      DBInstanceClass: 'db.r8g.large',
      DBParameterGroupName: 'orders-18',
      OptionGroupName: undefined,
      DBSubnetGroupName: 'orders',
      VpcSecurityGroupIds: ['sg-1', 'sg-2'],
      Port: 5433,
      StorageType: 'gp3',
      Iops: undefined,
      StorageThroughput: 250,
      MaxAllocatedStorage: 500,
      KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k',
      MultiAZ: true,
      PubliclyAccessible: false,
      EnableIAMDatabaseAuthentication: true,
      CopyTagsToSnapshot: true,
      EnableCloudwatchLogsExports: ['postgresql'],
      DeletionProtection: false,
      Tags: [
        { Key: 'owner', Value: 'shop' },
        { Key: 'understudy', Value: 'replica' },
      ],
    });
  });

  const foreign = (name: string) =>
    new RDSServiceException({ name, $fault: 'client', message: name, $metadata: { httpStatusCode: 400, attempts: 1 } });
  const again = { name: 'TransientError', effect: 'none' };
  it.each<[string, Error, object]>([
    ['a busy instance', new InvalidDBInstanceStateFault(metadata), again],
    ['a name that is not free yet', new DBInstanceAlreadyExistsFault(metadata), again],
    ['a snapshot that is there already', new DBSnapshotAlreadyExistsFault(metadata), again],
    ['a name that is gone already', new DBInstanceNotFoundFault(metadata), again],
    ['a quota', foreign('InstanceQuotaExceeded'), { name: 'TerminalError', code: 'InstanceQuotaExceeded' }],
    ['a missing permission', foreign('AccessDenied'), { name: 'TerminalError', code: 'AccessDenied' }],
  ])('tells %s from what cannot be helped', async (_title, error, failure) => {
    rds.onAnyCommand().rejects(error);
    await expect(ask(create)).rejects.toMatchObject(failure);
  });
});
