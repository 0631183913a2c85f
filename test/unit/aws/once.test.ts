import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, PromoteReadReplicaCommand, RDSClient } from '@aws-sdk/client-rds';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { clientMaker } from '../../../shared/aws/client.ts';
import { toFailure } from '../../../shared/aws/errors.ts';
import { openCoordination } from '../../../shared/coordination/open.ts';
import { application, recovery, sampleRun } from '../../support/sample-run.ts';
import { smallWorld, tableName } from '../../support/small-world.ts';

const { region } = recovery;
const failing = { name: 'InternalFailure', $fault: 'server' };

/** The simulated AWS, which answers 500 to everything, and clients as the deployed functions have them. */
function failingWorld() {
  const small = smallWorld();
  const { world } = small;
  world.intercept = () => Object.assign(new Error('trouble'), { ...failing, $metadata: { httpStatusCode: 500 } });
  const outside = small.outsideIn(region, { maxAttempts: 3 });
  const attempts = (command: string): number => world.history.filter((call) => call.command === command).length;
  return { ...small, attempts, outside };
}

describe('an effect on a resource', () => {
  it('is sent once, and its error is the one of AWS', async () => {
    const { attempts, outside } = failingWorld();
    const promotion = new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'orders' });
    const error: unknown = await outside
      .client(RDSClient, region)
      .send(promotion)
      .catch((thrown: unknown) => thrown);
    expect(attempts('PromoteReadReplica')).toBe(1);
    expect(toFailure('promoting', error)).toMatchObject({ code: 'InternalFailure', effect: 'unknown' });
  });

  it('is sent once also when the service was only busy: whether it is wanted still, is looked at first', async () => {
    const { attempts, outside, world } = failingWorld();
    world.intercept = () =>
      Object.assign(new Error('slow down'), {
        name: 'Throttling',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
    const batch = new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z1', ChangeBatch: { Changes: [] } });
    const error: unknown = await outside
      .client(Route53Client, region)
      .send(batch)
      .catch((thrown: unknown) => thrown);
    expect(attempts('ChangeResourceRecordSets')).toBe(1);
    expect(toFailure('changing', error)).toMatchObject({ code: 'Throttling', effect: 'none' });
  });
});

describe('what may come twice', () => {
  it('is sent as often as the client may: reads, measurements, and writes to our own table', async () => {
    const { attempts, clock, outside } = failingWorld();
    const reading = outside.client(RDSClient, region).send(new DescribeDBInstancesCommand({}));
    const measuring = outside
      .client(CloudWatchClient, region)
      .send(new PutMetricDataCommand({ Namespace: 'Understudy', MetricData: [{ MetricName: 'm', Value: 1 }] }));
    const { killSwitch, lock } = openCoordination(outside, clock, { region, tableName });
    const halting = killSwitch.halt(application, { by: 'ada', reason: 'look', at: clock.now() });
    await Promise.allSettled([reading, measuring, halting, lock.hold(sampleRun())]);
    expect(['DescribeDBInstances', 'PutMetricData', 'PutItem', 'UpdateItem'].map(attempts)).toEqual([3, 3, 3, 3]);
  });
});

it('a client that has one attempt anyway is left as it is', () => {
  const partsOf = (maxAttempts: number): readonly string[] =>
    clientMaker({ callTimeoutMs: 1, maxAttempts })(RDSClient, region)
      .middlewareStack.identify()
      .filter((name) => /^(once|notAgain)/.test(name));
  expect(partsOf(3)).toHaveLength(2);
  expect(partsOf(1)).toEqual([]);
});
