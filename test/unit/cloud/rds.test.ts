import {
  DescribeDBInstancesCommand,
  InvalidDBInstanceStateFault,
  PromoteReadReplicaCommand,
  paginateDescribeDBInstances,
  RDSClient,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
  waitUntilDBInstanceAvailable,
} from '@aws-sdk/client-rds';
import { expect, test, vi } from 'vitest';
import { type Bench, collect, connect, makeBench, primary, recovery } from './support.ts';

const source = 'arn:aws:rds:eu-west-1:123456789012:db:orders';
const promote = new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-replica' });

function withReplica(role: 'standby' | 'stopped' = 'standby'): Bench & { client: RDSClient } {
  const bench = makeBench();
  const seed = { DBInstanceIdentifier: 'orders-replica', ReadReplicaSourceDBInstanceIdentifier: source };
  bench.world.rds(recovery).seedInstance(seed);
  bench.substrate.seedDatabase({ region: recovery, instance: 'orders-replica' }, role);
  return { ...bench, client: connect(RDSClient, bench.world, { region: recovery }) };
}

test('a replica shows its source in the other Region and that it replicates', async () => {
  const { client } = withReplica();
  const answer = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-replica' }));
  expect(answer.DBInstances).toMatchObject([
    {
      DBInstanceArn: 'arn:aws:rds:eu-central-1:123456789012:db:orders-replica',
      DBInstanceStatus: 'available',
      ReadReplicaSourceDBInstanceIdentifier: source,
      StatusInfos: [{ StatusType: 'read replication', Status: 'replicating' }],
    },
  ]);
});

test('the SDK paginator sees every instance once', async () => {
  const { world } = makeBench();
  const ids = Array.from({ length: 45 }, (_, index) => `db-${String(index).padStart(2, '0')}`);
  for (const id of ids) world.rds(primary).seedInstance({ DBInstanceIdentifier: id });
  const client = connect(RDSClient, world, { region: primary });
  const pages = await collect(paginateDescribeDBInstances({ client, pageSize: 20 }, {}));
  expect(pages.map((page) => page.DBInstances?.length)).toEqual([20, 20, 5]);
  expect(pages.flatMap((page) => page.DBInstances?.map((one) => one.DBInstanceIdentifier))).toEqual(ids);
});

test('a page size that RDS refuses is refused', async () => {
  const { client } = withReplica();
  const call = client.send(new DescribeDBInstancesCommand({ MaxRecords: 5 }));
  await expect(call).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('a promotion ends when the database accepts writes, and only then the instance stops being a replica', async () => {
  const { client, substrate, world } = withReplica();
  const answer = await client.send(promote);
  expect(answer.DBInstance).toMatchObject({
    DBInstanceStatus: 'modifying',
    ReadReplicaSourceDBInstanceIdentifier: source,
  });
  const during = world.rds(recovery).instance('orders-replica');
  expect(during).toMatchObject({ DBInstanceStatus: 'rebooting', ReadReplicaSourceDBInstanceIdentifier: source });
  await waitUntilDBInstanceAvailable({ client, maxWaitTime: 5, minDelay: 0.01, maxDelay: 0.02 } as never, {});
  const after = world.rds(recovery).instance('orders-replica');
  expect(after.DBInstanceStatus).toBe('available');
  expect(after).not.toHaveProperty('ReadReplicaSourceDBInstanceIdentifier');
  expect(substrate.databaseRole({ region: recovery, instance: 'orders-replica' })).toBe('writer');
});

test.each(['backing-up', 'modifying', 'stopped'])('a replica that is %s is not promoted', async (status) => {
  const { client, world } = withReplica();
  world.rds(recovery).patchInstance('orders-replica', { DBInstanceStatus: status });
  await expect(client.send(promote)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
});

test('an instance that is no replica is not promoted', async () => {
  const { client, world } = withReplica();
  await client.send(promote);
  await vi.waitFor(() => expect(world.rds(recovery).instance('orders-replica').DBInstanceStatus).toBe('available'));
  await expect(client.send(promote)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
});

test('a promotion that the database refuses ends as failed and leaves a replica', async () => {
  const { client, world } = withReplica('stopped');
  await client.send(promote);
  await vi.waitFor(() => expect(world.rds(recovery).instance('orders-replica').DBInstanceStatus).toBe('failed'));
  expect(world.rds(recovery).instance('orders-replica').ReadReplicaSourceDBInstanceIdentifier).toBe(source);
});

test('a promotion in a Region that is lost goes on when the Region is back', async () => {
  const { client, world } = withReplica();
  await client.send(promote);
  world.loseRegion(recovery);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(world.rds(recovery).instance('orders-replica').DBInstanceStatus).toBe('rebooting');
  world.restoreRegion(recovery);
  await vi.waitFor(() => expect(world.rds(recovery).instance('orders-replica').DBInstanceStatus).toBe('available'));
});

test('an instance with a replica is not stopped, in the same Region or another', async () => {
  const { client, world } = withReplica();
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders' });
  const atSource = connect(RDSClient, world, { region: primary });
  const stop = new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' });
  expect(world.rds(primary).instance('orders').ReadReplicaDBInstanceIdentifiers).toEqual([
    'arn:aws:rds:eu-central-1:123456789012:db:orders-replica',
  ]);
  await expect(atSource.send(stop)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
  await client.send(promote);
  await vi.waitFor(() => expect(world.rds(recovery).instance('orders-replica').DBInstanceStatus).toBe('available'));
  expect(world.rds(primary).instance('orders').ReadReplicaDBInstanceIdentifiers).toEqual([]);
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'near', ReadReplicaSourceDBInstanceIdentifier: 'orders' });
  expect(world.rds(primary).instance('orders').ReadReplicaDBInstanceIdentifiers).toEqual(['near']);
  await expect(atSource.send(stop)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
});

test.each([
  ['SQL Server in Multi-AZ', { Engine: 'sqlserver-se', MultiAZ: true }],
  ['a replica', { ReadReplicaSourceDBInstanceIdentifier: source }],
  ['one that is busy', { DBInstanceStatus: 'backing-up' }],
])('%s is not stopped', async (_title, seed) => {
  const { world } = makeBench();
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'one', ...seed });
  const client = connect(RDSClient, world, { region: primary });
  const stop = client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'one' }));
  await expect(stop).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
});

test('what was stopped can be started, and nothing else', async () => {
  const { substrate, world } = makeBench();
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders' });
  const client = connect(RDSClient, world, { region: primary });
  const statusIs = (status: string) =>
    vi.waitFor(() => expect(world.rds(primary).instance('orders').DBInstanceStatus).toBe(status));
  const start = new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders' });
  await expect(client.send(start)).rejects.toBeInstanceOf(InvalidDBInstanceStateFault);
  await client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
  await statusIs('stopped');
  const { DBInstance } = await client.send(start);
  expect(DBInstance?.DBInstanceStatus).toBe('starting');
  await statusIs('available');
  expect(substrate.databaseRole({ region: primary, instance: 'orders' })).toBe('writer');
});

test('a writer can be stopped and then is', async () => {
  const { substrate, world } = makeBench();
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders' });
  const client = connect(RDSClient, world, { region: primary });
  await client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
  await vi.waitFor(() => expect(world.rds(primary).instance('orders').DBInstanceStatus).toBe('stopped'));
  expect(substrate.databaseRole({ region: primary, instance: 'orders' })).toBe('stopped');
});
