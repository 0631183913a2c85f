import {
  CreateHealthCheckCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  NoSuchHealthCheck,
  type ResourceRecordSet,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { expect, test, vi } from 'vitest';
import { type Bench, connect, makeBench, primary, recovery } from './support.ts';

const endpoint: HealthCheckConfig = {
  Type: 'HTTP',
  IPAddress: '192.0.2.1',
  Port: 80,
  RequestInterval: 10,
  FailureThreshold: 2,
};

interface Checked extends Bench {
  readonly client: Route53Client;
  readonly create: (config: HealthCheckConfig) => Promise<string>;
}

/** Ten seconds of a health check last 3 ms. */
function bench(): Checked {
  const made = makeBench({ healthCheckTimeScale: 0.0003 });
  made.substrate.setTarget('192.0.2.1', 80, true);
  const client = connect(Route53Client, made.world, { region: recovery });
  let references = 0;
  const create = async (HealthCheckConfig: HealthCheckConfig): Promise<string> => {
    const input = { CallerReference: `check-${++references}`, HealthCheckConfig };
    return (await client.send(new CreateHealthCheckCommand(input))).HealthCheck?.Id ?? '';
  };
  return { ...made, client, create };
}

test('an endpoint is healthy until it fails often enough, and healthy again when it answers often enough', async () => {
  const { world, substrate, client, create } = bench();
  const id = await create(endpoint);
  expect(world.route53.isHealthy(id)).toBe(true);
  substrate.setTarget('192.0.2.1', 80, false);
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(false));
  const { HealthCheckObservations: seen } = await client.send(new GetHealthCheckStatusCommand({ HealthCheckId: id }));
  expect(seen?.[0]?.StatusReport).toMatchObject({
    Status: expect.stringMatching(/^Failure/),
    CheckedTime: expect.any(Date),
  });
  substrate.setTarget('192.0.2.1', 80, true);
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(true));
  world.stop();
});

test('checkers go on when the control plane is lost', async () => {
  const { world, substrate, create } = bench();
  const id = await create(endpoint);
  world.loseRegion('us-east-1');
  substrate.setTarget('192.0.2.1', 80, false);
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(false));
  world.stop();
});

test('an inverted check of an endpoint that does not answer is healthy: standby takes over primary', async () => {
  const { world, substrate, create } = bench();
  substrate.setTarget('192.0.2.1', 80, false);
  const id = await create({ ...endpoint, Inverted: true });
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(true));
  substrate.setTarget('192.0.2.1', 80, true);
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(false));
  world.stop();
});

test('an update raises the version, takes effect some time later, and a stale version is refused', async () => {
  const { world, client, create } = bench();
  const id = await create({ ...endpoint, RequestInterval: 30 });
  await client.send(new UpdateHealthCheckCommand({ HealthCheckId: id, HealthCheckVersion: 1, Inverted: true }));
  expect(world.route53.isHealthy(id)).toBe(true);
  await vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(false));
  const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId: id }));
  expect(HealthCheck).toMatchObject({ HealthCheckVersion: 2, HealthCheckConfig: { Inverted: true, Port: 80 } });
  const stale = client.send(new UpdateHealthCheckCommand({ HealthCheckId: id, HealthCheckVersion: 1, Disabled: true }));
  await expect(stale).rejects.toMatchObject({ name: 'HealthCheckVersionMismatch' });
  world.stop();
});

test('a disabled check is healthy, and unhealthy when it is inverted', async () => {
  const { world, create } = bench();
  expect(world.route53.isHealthy(await create({ ...endpoint, Disabled: true }))).toBe(true);
  expect(world.route53.isHealthy(await create({ ...endpoint, Disabled: true, Inverted: true }))).toBe(false);
  world.stop();
});

test('a calculated check counts its healthy children', async () => {
  const { world, create } = bench();
  const good = await create({ ...endpoint, Disabled: true });
  const bad = await create({ ...endpoint, Disabled: true, Inverted: true });
  const calculated = (HealthThreshold: number): Promise<string> =>
    create({ Type: 'CALCULATED', HealthThreshold, ChildHealthChecks: [good, bad] });
  expect(world.route53.isHealthy(await calculated(1))).toBe(true);
  expect(world.route53.isHealthy(await calculated(2))).toBe(false);
  world.stop();
});

test('a check of an alarm follows it, and falls back to the configured status when its Region is lost', async () => {
  const { world, create } = bench();
  const alarm = { AlarmName: 'down', Namespace: 'n', MetricName: 'm', Statistic: 'Maximum', Period: 60 } as const;
  const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
  world.cloudWatch(primary).operations.PutMetricAlarm({ ...alarm, ...rule });
  const AlarmIdentifier = { Region: primary, Name: 'down' } as const;
  const id = await create({ Type: 'CLOUDWATCH_METRIC', AlarmIdentifier, InsufficientDataHealthStatus: 'Unhealthy' });
  expect(world.route53.isHealthy(id)).toBe(false);
  world.cloudWatch(primary).operations.SetAlarmState({ AlarmName: 'down', StateValue: 'OK', StateReason: 'test' });
  expect(world.route53.isHealthy(id)).toBe(true);
  world.loseRegion(primary);
  expect(world.route53.isHealthy(id)).toBe(false);
  world.stop();
});

test('the same caller reference makes the same check, with other settings it is refused', async () => {
  const { world, client } = bench();
  const create = (Port: number) =>
    client.send(new CreateHealthCheckCommand({ CallerReference: 'once', HealthCheckConfig: { ...endpoint, Port } }));
  expect((await create(80)).HealthCheck?.Id).toBe((await create(80)).HealthCheck?.Id);
  await expect(create(81)).rejects.toMatchObject({ name: 'HealthCheckAlreadyExists' });
  const unknown = client.send(new GetHealthCheckCommand({ HealthCheckId: 'none' }));
  await expect(unknown).rejects.toBeInstanceOf(NoSuchHealthCheck);
  world.stop();
});

/** The health of two records is set by disabled checks: inverted means unhealthy. */
async function answersWith(
  health: { one: boolean; two: boolean },
  routing: [object, object],
): Promise<readonly string[]> {
  const { world, create } = bench();
  const ids = await Promise.all(
    [health.one, health.two].map((isHealthy) => create({ ...endpoint, Disabled: true, Inverted: !isHealthy })),
  );
  const record = (value: string, HealthCheckId: string | undefined, policy: object): ResourceRecordSet => ({
    Name: 'shop.example.com',
    Type: 'A',
    TTL: 5,
    ResourceRecords: [{ Value: value }],
    SetIdentifier: value,
    HealthCheckId,
    ...policy,
  });
  const records = [record('one', ids[0], routing[0]), record('two', ids[1], routing[1])];
  world.route53.seedZone({ id: 'Z1', name: 'example.com', records });
  world.stop();
  return world.route53.answerQuestion({ name: 'shop.example.com', type: 'A' }).answers.flatMap(({ values }) => values);
}

test.each([
  [{ one: true, two: true }, 'one'],
  [{ one: false, two: true }, 'two'],
  [{ one: true, two: false }, 'one'],
  [{ one: false, two: false }, 'one'],
])('failover with health %o answers %s', async (health, value) => {
  expect(await answersWith(health, [{ Failover: 'PRIMARY' }, { Failover: 'SECONDARY' }])).toEqual([value]);
});

test.each([
  ['a healthy weight 0 serves when the weighted one is unhealthy', { one: false, two: true }, [1, 0], 'two'],
  ['a healthy weight 0 does not serve beside a healthy weighted one', { one: true, two: true }, [1, 0], 'one'],
  ['when nothing is healthy the weighted ones serve', { one: false, two: false }, [0, 1], 'two'],
] as const)('%s', async (_, health, [one, two], value) => {
  expect(await answersWith(health, [{ Weight: one }, { Weight: two }])).toEqual([value]);
});
