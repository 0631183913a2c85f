import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DBInstanceNotFoundFault,
  DescribeDBInstancesCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { simulatedServices } from '../../../lab/cloud/commands.ts';
import { systemClock } from '../../../lab/cloud/system-clock.ts';
import { type Bench, connect, makeBench, primary, recovery } from './support.ts';

const elapsed = async (work: Promise<unknown>): Promise<number> => {
  const startedAt = systemClock.nowMs();
  await work.catch(() => undefined);
  return systemClock.nowMs() - startedAt;
};

const describe = new DescribeDBInstancesCommand({});
const outcomes = ({ world }: Bench): readonly string[] => world.history.map(({ outcome }) => outcome);

test('a call is answered with metadata and recorded with its Regions, its kind and its outcome', async () => {
  const bench = makeBench();
  const answer = await connect(RDSClient, bench.world, { region: recovery, callerRegion: primary }).send(describe);
  expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
  expect(bench.world.history).toMatchObject([
    {
      callerRegion: primary,
      endpointRegion: recovery,
      service: 'RDS',
      command: 'DescribeDBInstances',
      mutating: false,
      outcome: 'answered',
      applied: true,
    },
  ]);
});

test('a lost Region does not answer: the SDK retries as configured, each attempt takes the connection timeout, then fails', async () => {
  const bench = makeBench();
  bench.world.loseRegion(primary);
  const client = connect(RDSClient, bench.world, { region: primary, callerRegion: recovery, maxAttempts: 2 });
  const call = client.send(describe);
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 2 } });
  expect(outcomes(bench)).toEqual(['unanswered', 'unanswered']);
  const durations = bench.world.history.map(({ at, endedAt }) => (endedAt ?? 0) - at);
  expect(Math.min(...durations)).toBeGreaterThanOrEqual(19);
  expect(Math.max(...durations)).toBeLessThan(200);
});

test('a lost Region reaches nobody, and answers again when it is restored', async () => {
  const { world } = makeBench();
  world.loseRegion(primary);
  const client = connect(RDSClient, world, { region: recovery, callerRegion: primary });
  await expect(client.send(describe)).rejects.toMatchObject({ name: 'TimeoutError' });
  world.restoreRegion(primary);
  await expect(client.send(describe)).resolves.toMatchObject({ DBInstances: [] });
});

test('a cut link stops calls in its own direction only', async () => {
  const { world } = makeBench();
  world.network.cut(primary, recovery);
  const there = connect(RDSClient, world, { region: recovery, callerRegion: primary });
  const back = connect(RDSClient, world, { region: primary, callerRegion: recovery });
  await expect(there.send(describe)).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(back.send(describe)).resolves.toMatchObject({ DBInstances: [] });
});

test('the control plane of Route 53 goes with us-east-1, whatever Region the client names', async () => {
  const { world } = makeBench();
  world.route53.seedZone({ id: 'Z1', name: 'example.com' });
  const client = connect(Route53Client, world, { region: recovery });
  await client.send(new GetHostedZoneCommand({ Id: 'Z1' }));
  world.loseRegion('us-east-1');
  await expect(client.send(new GetHostedZoneCommand({ Id: 'Z1' }))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(world.history.map(({ endpointRegion }) => endpointRegion)).toEqual(['us-east-1', 'us-east-1']);
});

test('latency between Regions differs from latency inside one', async () => {
  const { world } = makeBench({ interRegionLatencyMs: 60 });
  const near = connect(RDSClient, world, { region: primary });
  const far = connect(RDSClient, world, { region: primary, callerRegion: recovery });
  await Promise.all([near.send(describe), far.send(describe)]);
  expect(await elapsed(near.send(describe))).toBeLessThan(50);
  expect(await elapsed(far.send(describe))).toBeGreaterThanOrEqual(59);
});

test('an abort signal ends a call that waits for a lost Region', async () => {
  const bench = makeBench();
  bench.world.loseRegion(primary);
  const client = connect(RDSClient, bench.world, { region: primary, callerRegion: recovery, maxAttempts: 3 });
  const abort = new AbortController();
  const call = client.send(describe, { abortSignal: abort.signal });
  setTimeout(() => abort.abort(), 3);
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(outcomes(bench)).toEqual(['unanswered']);
});

test('errors are the exception classes of the SDK', async () => {
  const bench = makeBench();
  const client = connect(RDSClient, bench.world, { region: primary });
  const error = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'none' })).catch((e) => e);
  expect(error).toBeInstanceOf(DBInstanceNotFoundFault);
  expect(error).toMatchObject({ name: 'DBInstanceNotFoundFault', $fault: 'client' });
  expect(error.$metadata).toMatchObject({ httpStatusCode: 404, requestId: bench.world.history[0]?.id });
  expect(outcomes(bench)).toEqual(['error']);
});

test('an operation that is not simulated fails loudly, is not retried and is recorded as mutating', async () => {
  const bench = makeBench();
  const client = connect(RDSClient, bench.world, { region: primary, maxAttempts: 3 });
  const call = client.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
  await expect(call).rejects.toMatchObject({
    name: 'UnknownSimulatedOperation',
    message: 'RDS.RebootDBInstance is not simulated; add it to lab/cloud/rds.ts',
  });
  expect(bench.world.history).toMatchObject([{ mutating: true, outcome: 'error', applied: false }]);
});

test('an input field that is not simulated fails loudly, too', async () => {
  const { world } = makeBench();
  world.ecs(primary).seedCluster({ name: 'shop' });
  const command = new DescribeServicesCommand({ cluster: 'shop', services: ['web'], include: ['TAGS'] });
  await expect(connect(ECSClient, world, { region: primary }).send(command)).rejects.toMatchObject({
    name: 'UnknownSimulatedOperation',
    message: 'ECS.DescribeServices with include is not simulated; add it to lab/cloud/ecs.ts',
  });
});

test('every command of the table has an operation, and every operation is in the table', () => {
  const { world } = makeBench();
  const region = world.region(primary);
  const { rds, ec2, ecs, s3, sns, eventBridge, cloudWatch, stepFunctions } = region;
  const services = {
    RDS: rds,
    EC2: ec2,
    ECS: ecs,
    S3: s3,
    SNS: sns,
    EventBridge: eventBridge,
    Lambda: region.eventSourceMappings,
    Scheduler: region.schedules,
    CloudWatch: cloudWatch,
    SFN: stepFunctions,
    Route53: world.route53,
    Route53RecoveryCluster: world.routingControls,
    DynamoDB: world.dynamoDb,
  };
  const operations = Object.entries(services).map(([name, service]) => [name, Object.keys(service.operations).sort()]);
  const commands = Object.entries(simulatedServices).map(([name, service]) => [
    name,
    Object.keys(service.commands).sort(),
  ]);
  expect(Object.fromEntries(commands)).toEqual(Object.fromEntries(operations));
});

test('a fault may refuse a call before it takes effect', async () => {
  const bench = makeBench();
  bench.world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders' });
  bench.world.intercept = () => Object.assign(new Error('Rate exceeded'), { name: 'Throttling', $metadata: {} });
  const client = connect(RDSClient, bench.world, { region: primary });
  await expect(client.send(describe)).rejects.toMatchObject({ name: 'Throttling' });
  expect(bench.world.history).toMatchObject([{ outcome: 'error', errorName: 'Throttling', applied: false }]);
});

test('a fault may lose the answer of a call that took effect', async () => {
  const bench = makeBench();
  const source = 'arn:aws:rds:eu-west-1:123456789012:db:orders';
  const seed = { DBInstanceIdentifier: 'orders-replica', ReadReplicaSourceDBInstanceIdentifier: source };
  bench.world.rds(recovery).seedInstance(seed);
  bench.substrate.seedDatabase({ region: recovery, instance: 'orders-replica' }, 'standby');
  bench.world.intercept = async ({ command }) => (command === 'PromoteReadReplica' ? 'lost-answer' : undefined);
  const client = connect(RDSClient, bench.world, { region: recovery });
  const promote = client.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders-replica' }));
  await expect(promote).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(bench.world.history).toMatchObject([{ mutating: true, outcome: 'unanswered', applied: true }]);
  // The promotion itself goes on behind the call.
  const role = () => bench.substrate.databaseRole({ region: recovery, instance: 'orders-replica' });
  await expect.poll(role).toBe('writer');
});

test('what a caller does with an answer does not reach the state of the cloud', async () => {
  const { world } = makeBench();
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders' });
  const answer = await connect(RDSClient, world, { region: primary }).send(describe);
  Object.assign(answer.DBInstances?.[0] ?? {}, { DBInstanceStatus: 'tampered' });
  expect(world.rds(primary).instance('orders').DBInstanceStatus).toBe('available');
});
