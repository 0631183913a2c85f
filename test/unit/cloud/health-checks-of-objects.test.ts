import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test, vi } from 'vitest';
import { connect, makeBench, primary, recovery } from './support.ts';

const watching = (region: string, more: Partial<HealthCheckConfig> = {}): HealthCheckConfig => ({
  Type: 'HTTP_STR_MATCH',
  FullyQualifiedDomainName: `claims-${region}.s3.${region}.amazonaws.com`,
  ResourcePath: '/orders',
  SearchString: '"active":true',
  Inverted: true,
  RequestInterval: 10,
  FailureThreshold: 2,
  ...more,
});

/** Ten seconds of a health check last 3 ms. */
function bench() {
  const { substrate, world } = makeBench({ healthCheckTimeScale: 0.0003 });
  for (const region of [primary, recovery]) {
    world.s3(region).seedBucket({ name: `claims-${region}`, publicRead: true });
  }
  const write = (region: string, Body: string) =>
    connect(S3Client, world, { region }).send(
      new PutObjectCommand({ Bucket: `claims-${region}`, Key: 'orders', Body }),
    );
  const until = (id: string, healthy: boolean) => vi.waitFor(() => expect(world.route53.isHealthy(id)).toBe(healthy));
  return { substrate, world, write, until };
}

test('an inverted check is unhealthy while the object says what is searched, and only then', async () => {
  const { until, world, write } = bench();
  const id = world.route53.seedHealthCheck('one', watching(recovery));
  await until(id, true);
  await write(recovery, '{"active":true}');
  await until(id, false);
  await write(recovery, '{"active":false}');
  await until(id, true);
  world.stop();
});

test('a Region that is dead makes its inverted check healthy: nothing fails over to it by accident', async () => {
  const { until, world, write } = bench();
  const id = world.route53.seedHealthCheck('one', watching(recovery));
  await write(recovery, '{"active":true}');
  await until(id, false);
  world.loseRegion(recovery);
  await until(id, true);
  world.stop();
});

test('a string beyond the first 5,120 bytes is not found', async () => {
  const { until, world, write } = bench();
  const id = world.route53.seedHealthCheck('one', watching(primary, { Inverted: false }));
  await until(id, false);
  await write(primary, `${' '.repeat(5_120)}"active":true`);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(world.route53.isHealthy(id)).toBe(false);
  await write(primary, '"active":true');
  await until(id, true);
  world.stop();
});

test('a routing control is health itself, whatever Region is lost', () => {
  const { world } = bench();
  world.routingControls.seedCluster({ regions: [primary], controls: { on: true, off: false } });
  const check = (RoutingControlArn: string) =>
    world.route53.seedHealthCheck(RoutingControlArn, { Type: 'RECOVERY_CONTROL', RoutingControlArn });
  const ids = ['on', 'off', 'unknown'].map(check);
  world.loseRegion(primary);
  expect(ids.map((id) => world.route53.isHealthy(id))).toEqual([true, false, false]);
  world.stop();
});

test('an endpoint outside AWS is searched by the substrate', async () => {
  const { substrate, until, world } = bench();
  const probe = vi.spyOn(substrate, 'probe');
  const here = { FullyQualifiedDomainName: 'www.example.com', Inverted: false };
  const id = world.route53.seedHealthCheck('one', watching(primary, here));
  await until(id, false);
  expect(probe).toHaveBeenCalledWith({
    protocol: 'HTTP',
    host: 'www.example.com',
    port: 80,
    path: '/orders',
    search: '"active":true',
  });
  world.stop();
});
