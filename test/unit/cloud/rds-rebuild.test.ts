import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DBInstanceAlreadyExistsFault,
  DBInstanceNotFoundFault,
  DBSnapshotAlreadyExistsFault,
  DBSnapshotNotFoundFault,
  DeleteDBInstanceCommand,
  DescribeDBSnapshotsCommand,
  InvalidDBInstanceStateFault,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { describe, expect, test, vi } from 'vitest';
import { type Bench, connect, makeBench, primary, recovery } from './support.ts';

const writerArn = 'arn:aws:rds:eu-central-1:123456789012:db:writer';
const of = (id: string) => ({ DBInstanceIdentifier: id });

/** Two instances that stand alone: the old primary, and the writer of the other Region. */
function afterFailover(): Bench & { readonly client: RDSClient } {
  const bench = makeBench();
  bench.world.rds(primary).seedInstance(of('orders'));
  bench.world.rds(recovery).seedInstance(of('writer'));
  bench.substrate.seedDatabase({ region: primary, instance: 'orders' }, 'writer');
  bench.substrate.seedDatabase({ region: recovery, instance: 'writer' }, 'writer');
  return { ...bench, client: connect(RDSClient, bench.world, { region: primary }) };
}
const statusIs = ({ world }: Bench, id: string, status: string) =>
  vi.waitFor(() => expect(world.rds(primary).instance(id).DBInstanceStatus).toBe(status));
const isGone = ({ world }: Bench, id: string) =>
  vi.waitFor(() => expect(world.rds(primary).identifiers()).not.toContain(id));

const replicate = (more: object = {}) =>
  new CreateDBInstanceReadReplicaCommand({ ...of('replica'), SourceDBInstanceIdentifier: writerArn, ...more });

describe('a snapshot', () => {
  const take = new CreateDBSnapshotCommand({ ...of('orders'), DBSnapshotIdentifier: 'Kept' });

  test('is there once the data is copied; meanwhile its instance is busy', async () => {
    const bench = afterFailover();
    const { DBSnapshot } = await bench.client.send(take);
    expect(DBSnapshot).toMatchObject({ DBSnapshotIdentifier: 'kept', Status: 'creating', SnapshotType: 'manual' });
    await expect(bench.client.send(new PromoteReadReplicaCommand(of('orders')))).rejects.toThrow();
    expect(bench.world.rds(primary).instance('orders').DBInstanceStatus).toBe('backing-up');
    await statusIs(bench, 'orders', 'available');
    const answer = await bench.client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'kept' }));
    const { DbiResourceId } = bench.world.rds(primary).instance('orders');
    expect(answer.DBSnapshots).toMatchObject([{ Status: 'available', DbiResourceId }]);
    expect(bench.substrate.snapshots).toMatchObject([{ ref: { instance: 'orders' }, snapshot: 'kept' }]);
  });

  test('is refused under a name that is taken, of a busy instance, and of one that is not there', async () => {
    const bench = afterFailover();
    await bench.client.send(take);
    await expect(bench.client.send(take)).rejects.toBeInstanceOf(DBSnapshotAlreadyExistsFault);
    const other = new CreateDBSnapshotCommand({ ...of('orders'), DBSnapshotIdentifier: 'other' });
    await expect(bench.client.send(other)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
    const none = new CreateDBSnapshotCommand({ ...of('none'), DBSnapshotIdentifier: 'none' });
    await expect(bench.client.send(none)).rejects.toBeInstanceOf(DBInstanceNotFoundFault);
    const absent = bench.client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'none' }));
    await expect(absent).rejects.toBeInstanceOf(DBSnapshotNotFoundFault);
  });

  test('of a database that cannot be read has failed', async () => {
    const bench = afterFailover();
    bench.world.rds(primary).seedInstance(of('empty'));
    await bench.client.send(new CreateDBSnapshotCommand({ ...of('empty'), DBSnapshotIdentifier: 'kept' }));
    await statusIs(bench, 'empty', 'available');
    expect(bench.world.rds(primary).snapshots()).toMatchObject([{ Status: 'failed' }]);
  });
});

describe('a new name', () => {
  const rename = new ModifyDBInstanceCommand({
    ...of('orders'),
    NewDBInstanceIdentifier: 'Kept',
    ApplyImmediately: true,
  });

  test('changes identifier, ARN and address, and nothing else; the data comes along', async () => {
    const bench = afterFailover();
    const before = bench.world.rds(primary).instance('orders');
    await bench.client.send(rename);
    expect(bench.world.rds(primary).instance('orders').DBInstanceStatus).toBe('renaming');
    await isGone(bench, 'orders');
    expect(bench.world.rds(primary).instance('kept')).toEqual({
      ...before,
      DBInstanceIdentifier: 'kept',
      DBInstanceArn: 'arn:aws:rds:eu-west-1:123456789012:db:kept',
      Endpoint: { Address: 'kept.lab.eu-west-1.rds.amazonaws.com', Port: 5432 },
    });
    expect(bench.substrate.databaseRole({ region: primary, instance: 'kept' })).toBe('writer');
    expect(bench.substrate.databaseRole({ region: primary, instance: 'orders' })).toBeUndefined();
  });

  test('that is taken or promised to another is refused, and so is a busy instance', async () => {
    const bench = afterFailover();
    bench.world.rds(primary).seedInstance(of('near'));
    await bench.client.send(rename);
    await expect(bench.client.send(rename)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
    const near = { ...of('near'), ApplyImmediately: true };
    for (const NewDBInstanceIdentifier of ['kept', 'orders']) {
      const call = bench.client.send(new ModifyDBInstanceCommand({ ...near, NewDBInstanceIdentifier }));
      await expect(call).rejects.toBeInstanceOf(DBInstanceAlreadyExistsFault);
    }
  });

  test('keeps its replicas, wherever they are', async () => {
    const bench = afterFailover();
    const source = 'arn:aws:rds:eu-west-1:123456789012:db:orders';
    bench.world.rds(recovery).seedInstance({ ...of('far'), ReadReplicaSourceDBInstanceIdentifier: source });
    await bench.client.send(rename);
    await isGone(bench, 'orders');
    expect(bench.world.rds(recovery).instance('far').ReadReplicaSourceDBInstanceIdentifier).toBe(
      'arn:aws:rds:eu-west-1:123456789012:db:kept',
    );
  });

  test('in the maintenance window is not simulated', async () => {
    const { client } = afterFailover();
    const later = new ModifyDBInstanceCommand({ ...of('orders'), NewDBInstanceIdentifier: 'kept' });
    await expect(client.send(later)).rejects.toThrow('maintenance window');
  });
});

describe('a new replica', () => {
  test('of a writer in another Region replicates once it is available, and has no backups until it is promoted', async () => {
    const bench = afterFailover();
    const { DBInstance } = await bench.client.send(replicate({ Port: 6000, DeletionProtection: true }));
    expect(DBInstance).toMatchObject({
      DBInstanceStatus: 'creating',
      ReadReplicaSourceDBInstanceIdentifier: writerArn,
      BackupRetentionPeriod: 0,
    });
    expect(DBInstance?.StatusInfos).toBeUndefined();
    await statusIs(bench, 'replica', 'available');
    expect(bench.world.rds(primary).instance('replica')).toMatchObject({
      StatusInfos: [{ Status: 'replicating' }],
      Endpoint: { Port: 6000 },
      DeletionProtection: true,
    });
    expect(bench.world.rds(recovery).instance('writer').ReadReplicaDBInstanceIdentifiers).toEqual([
      'arn:aws:rds:eu-west-1:123456789012:db:replica',
    ]);
    await bench.client.send(new PromoteReadReplicaCommand(of('replica')));
    await vi.waitFor(() => expect(bench.world.rds(primary).instance('replica').BackupRetentionPeriod).toBe(1));
  });

  test.each<[string, object, object, string]>([
    ['without backups of its source', { BackupRetentionPeriod: 0 }, {}, 'InvalidDBInstanceStateFault'],
    ['of a busy source', { DBInstanceStatus: 'backing-up' }, {}, 'InvalidDBInstanceStateFault'],
    ['of an encrypted source without a key', { StorageEncrypted: true }, {}, 'InvalidParameterCombination'],
    ['under a name that is taken', {}, of('orders'), 'DBInstanceAlreadyExistsFault'],
    [
      'of what is not there',
      {},
      { SourceDBInstanceIdentifier: 'arn:aws:rds:eu-central-1:123456789012:db:none' },
      'DBInstanceNotFoundFault',
    ],
  ])('%s is refused', async (_title, patch, input, name) => {
    const bench = afterFailover();
    bench.world.rds(recovery).patchInstance('writer', patch);
    await expect(bench.client.send(replicate(input))).rejects.toMatchObject({ name });
    expect(bench.world.rds(primary).identifiers()).toEqual(['orders']);
  });

  test('that the database refuses has failed', async () => {
    const bench = afterFailover();
    bench.substrate.seedDatabase({ region: recovery, instance: 'writer' }, 'stopped');
    await bench.client.send(replicate());
    await statusIs(bench, 'replica', 'failed');
  });

  test('waits while one of the Regions is lost', async () => {
    const bench = afterFailover();
    bench.world.loseRegion(recovery);
    await bench.client.send(replicate());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(bench.world.rds(primary).instance('replica').DBInstanceStatus).toBe('creating');
    bench.world.restoreRegion(recovery);
    await statusIs(bench, 'replica', 'available');
  });
});

describe('an instance', () => {
  const remove = new DeleteDBInstanceCommand({ ...of('replica'), SkipFinalSnapshot: true });

  test.each([
    ['under way', 'creating'],
    ['complete', 'available'],
  ])('that is %s is deleted with its data', async (_title, status) => {
    const bench = afterFailover();
    await bench.client.send(replicate());
    await statusIs(bench, 'replica', status);
    await bench.client.send(remove);
    await expect(bench.client.send(remove)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
    await isGone(bench, 'replica');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(bench.world.rds(primary).identifiers()).toEqual(['orders']);
    expect(bench.substrate.databaseRole({ region: primary, instance: 'replica' })).toBeUndefined();
    expect(bench.world.troubles).toEqual([]);
  });

  test('that is protected is not deleted, nor one without a word about a final snapshot', async () => {
    const bench = afterFailover();
    const bare = bench.client.send(new DeleteDBInstanceCommand(of('orders')));
    await expect(bare).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await bench.client.send(new ModifyDBInstanceCommand({ ...of('orders'), DeletionProtection: true }));
    const call = bench.client.send(new DeleteDBInstanceCommand({ ...of('orders'), SkipFinalSnapshot: true }));
    await expect(call).rejects.toThrow('protected');
  });
});
