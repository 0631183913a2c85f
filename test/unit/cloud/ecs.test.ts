import {
  ClusterNotFoundException,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ServiceNotFoundException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test, vi } from 'vitest';
import type { World } from '../../../lab/cloud/world.ts';
import { connect, makeBench, recovery } from './support.ts';

function withService(capacity?: number): { world: World; client: ECSClient } {
  const { world } = makeBench();
  world.ecs(recovery).seedCluster({ name: 'shop', ...(capacity === undefined ? {} : { capacity }) });
  world.ecs(recovery).seedService({ cluster: 'shop', name: 'web', desiredCount: 0 });
  return { world, client: connect(ECSClient, world, { region: recovery }) };
}

const scaleTo = (desiredCount: number): UpdateServiceCommand =>
  new UpdateServiceCommand({ cluster: 'shop', service: 'web', desiredCount });

test('running tasks follow the desired count some time later', async () => {
  const { world, client } = withService();
  const { service } = await client.send(scaleTo(3));
  expect(service).toMatchObject({ desiredCount: 3, runningCount: 0, pendingCount: 3 });
  await vi.waitFor(() => expect(world.ecs(recovery).service('shop', 'web').runningCount).toBe(3));
  await vi.waitFor(() =>
    expect(world.ecs(recovery).service('shop', 'web')).toMatchObject({
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 3 }],
      // How often it was steady before depends on when the first tasks were ready.
      events: expect.arrayContaining([
        expect.objectContaining({ message: '(service web) has reached a steady state.' }),
      ]),
    }),
  );
});

test('the newest desired count wins', async () => {
  const { world, client } = withService();
  await Promise.all([client.send(scaleTo(5)), client.send(scaleTo(1)), client.send(scaleTo(4))]);
  await vi.waitFor(() => expect(world.ecs(recovery).service('shop', 'web').runningCount).toBe(4));
});

test('tasks beyond the capacity stay pending, say why, and start when there is capacity', async () => {
  const { world, client } = withService(2);
  await client.send(scaleTo(4));
  const service = () => world.ecs(recovery).service('shop', 'web');
  await vi.waitFor(() => expect(service()).toMatchObject({ runningCount: 2, pendingCount: 2 }));
  expect(service().events?.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('unable to place a task'),
  );
  world.ecs(recovery).setCapacity('shop', 10);
  await vi.waitFor(() => expect(service()).toMatchObject({ runningCount: 4, pendingCount: 0 }));
});

test('services of one cluster share its capacity', async () => {
  const { world, client } = withService(5);
  world.ecs(recovery).seedService({ cluster: 'shop', name: 'worker', desiredCount: 4 });
  await client.send(scaleTo(4));
  await vi.waitFor(() => expect(world.ecs(recovery).service('shop', 'web').runningCount).toBe(1));
});

test('a service that is not there is a failure of the answer, a cluster that is not there an error', async () => {
  const { client } = withService();
  const found = await client.send(new DescribeServicesCommand({ cluster: 'shop', services: ['web', 'none'] }));
  expect(found.services?.map(({ serviceName }) => serviceName)).toEqual(['web']);
  expect(found.failures).toEqual([
    { arn: 'arn:aws:ecs:eu-central-1:123456789012:service/shop/none', reason: 'MISSING' },
  ]);
  const elsewhere = client.send(new DescribeServicesCommand({ cluster: 'none', services: ['web'] }));
  await expect(elsewhere).rejects.toBeInstanceOf(ClusterNotFoundException);
  const update = client.send(new UpdateServiceCommand({ cluster: 'shop', service: 'none', desiredCount: 1 }));
  await expect(update).rejects.toBeInstanceOf(ServiceNotFoundException);
});

test('no more than ten services are described at once', async () => {
  const { client } = withService();
  const services = Array.from({ length: 11 }, (_, index) => `web-${index}`);
  const call = client.send(new DescribeServicesCommand({ cluster: 'shop', services }));
  await expect(call).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('clusters are found by name', async () => {
  const { client } = withService();
  const found = await client.send(new DescribeClustersCommand({ clusters: ['shop', 'none'] }));
  expect(found).toMatchObject({
    clusters: [{ clusterName: 'shop', status: 'ACTIVE' }],
    failures: [{ reason: 'MISSING' }],
  });
});
