import type { LabClock } from '../../../../lab/cloud/clock.ts';
import { openEndpoint } from '../../../../lab/cloud/endpoint/open-endpoint.ts';
import type { Engine } from '../../../../lab/cloud/engine.ts';
import { ModelledSubstrate } from '../../../../lab/cloud/modelled-substrate.ts';
import { World } from '../../../../lab/cloud/world.ts';
import { primary, recovery, witness } from '../support.ts';
import { control } from './samples.ts';

/** Time stands still, so that two worlds that were asked the same answer the same. */
const stillClock: LabClock = {
  nowMs: () => Date.parse('2026-11-27T12:00:00Z'),
  sleep: (ms, signal) =>
    ms < 1000
      ? Promise.resolve()
      : new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          signal?.addEventListener('abort', () => resolve(), { once: true });
        }),
};

/** An execution that never ends by itself. */
const endlessEngine: Engine = (_definition, input) => {
  const ended = Promise.withResolvers<{ readonly status: 'ABORTED' }>();
  return {
    result: ended.promise,
    stop: () => ended.resolve({ status: 'ABORTED' }),
    events: () => [{ type: 'ExecutionStarted', at: stillClock.nowMs(), input }],
  };
};

/** A database and its replica, a service, a zone, a topic, a table and a state machine. */
export function stillWorld(): World {
  const substrate = new ModelledSubstrate({ clock: stillClock, random: () => 0.5 });
  const world = new World({ clock: stillClock, random: () => 0.5, substrate, engine: endlessEngine });
  substrate.seedDatabase({ region: primary, instance: 'orders-recovery' }, 'standby');
  world.rds(primary).seedInstance({ DBInstanceIdentifier: 'orders-primary' });
  for (const region of [primary, recovery]) {
    world.rds(region).seedInstance({ DBInstanceIdentifier: 'shop' });
    substrate.seedDatabase({ region, instance: 'shop' }, 'writer');
  }
  const source = `arn:aws:rds:${recovery}:123456789012:db:orders`;
  world
    .rds(primary)
    .seedInstance({ DBInstanceIdentifier: 'orders-recovery', ReadReplicaSourceDBInstanceIdentifier: source });
  const from = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '198.51.100.0/24', Description: 'office' };
  world.ec2(primary).seedSecurityGroup({ id: 'sg-1', name: 'orders', inbound: [from] });
  world.s3(primary).seedBucket({ name: 'claims' });
  world.eventSourceMappings(primary).seedMapping({ uuid: 'm-1', functionName: 'orders', enabled: true });
  world.schedules(primary).seedSchedule({
    Name: 'nightly',
    ScheduleExpression: 'cron(0 3 * * ? *)',
    StartDate: new Date('2026-01-01T00:00:00Z'),
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
      RoleArn: 'arn:aws:iam::1:role/r',
      Input: '{"a":1}',
    },
  });
  world.routingControls.seedCluster({ regions: [primary, recovery, witness], controls: { [control]: true } });
  world.ecs(primary).seedCluster({ name: 'shop' });
  world.ecs(primary).seedService({ cluster: 'shop', name: 'orders', desiredCount: 2 });
  world.route53.seedZone({ id: 'Z1', name: 'shop.test' });
  world.sns(primary).seedTopic('shop');
  const replicas = [primary, recovery];
  world.dynamoDb.seedTable({ name: 'coordination', partitionKey: 'pk', sortKey: 'sk', replicas, witness });
  world.stepFunctions(primary).seedStateMachine({ name: 'failover', definition: { StartAt: 'A', States: {} } });
  return world;
}

/** The endpoint of a world, closed with it at the end of the scope. */
export async function openStillEndpoint() {
  const world = stillWorld();
  const endpoint = await openEndpoint(world);
  return {
    world,
    url: endpoint.url,
    async [Symbol.asyncDispose]() {
      world.stop();
      await endpoint.close();
    },
  };
}
