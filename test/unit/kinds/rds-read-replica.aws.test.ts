import {
  CloudWatchClient,
  CloudWatchServiceException,
  GetMetricDataCommand,
  InternalServiceFault,
} from '@aws-sdk/client-cloudwatch';
import {
  type DBInstance,
  DBInstanceNotFoundFault,
  DescribeDBInstancesCommand,
  InvalidDBInstanceStateFault,
  PromoteReadReplicaCommand,
  RDSClient,
  RDSServiceException,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/rds-read-replica/aws.ts';
import type { Action, Facts } from '../../../shared/kinds/rds-read-replica/check.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';

const rds = mockClient(RDSClient);
const cloudwatch = mockClient(CloudWatchClient);

const incidentAt = Date.UTC(2026, 0, 1, 12);
const minutesBefore = (minutes: number): Date => new Date(incidentAt - minutes * 60_000);
const spec = Spec.parse({ primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-replica' } });
const target: Target = {
  phase: 'promote',
  run: {
    id: 'run-1',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: incidentAt,
    incidentAt,
  },
};
const back: Target = { ...target, run: { ...target.run, from: target.run.to, to: target.run.from } };

const found: DBInstance = {
  DBInstanceIdentifier: 'orders-db-replica',
  DBInstanceStatus: 'available',
  ReadReplicaSourceDBInstanceIdentifier: 'arn:aws:rds:eu-west-1:123456789012:db:orders-db',
  BackupRetentionPeriod: 7,
  Engine: 'postgres',
  EngineVersion: '18.4',
  StatusInfos: [{ StatusType: 'read replication', Status: 'replicating', Normal: true }],
  Endpoint: { Address: 'orders-db-replica.example.eu-central-1.rds.amazonaws.com', Port: 5432 },
};

const known = {
  status: 'available',
  sourceArn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-db',
  backupRetentionDays: 7,
  engine: 'postgres',
  engineVersion: '18.4',
  replication: 'replicating',
  address: 'orders-db-replica.example.eu-central-1.rds.amazonaws.com',
  port: 5432,
};

const service = (Exception: typeof RDSServiceException | typeof CloudWatchServiceException, name: string): Error =>
  new Exception({ name, $fault: 'client', message: name, $metadata: { httpStatusCode: 400 } });
const timeout = (): Error => Object.assign(new Error('no answer'), { name: 'TimeoutError' });
const look = async (): Promise<Facts> => (await observe(spec, target, outsideOf())) as Facts;

beforeEach(() => {
  rds.reset();
  cloudwatch.reset();
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [found] });
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'lag', StatusCode: 'Complete' }] });
});

describe('the instance', () => {
  it('is described by its identifier in the Region being activated', async () => {
    expect((await look()).instance).toEqual(known);
    const calls = rds.commandCalls(DescribeDBInstancesCommand);
    expect(calls.map(({ args }) => args[0].input)).toEqual([{ DBInstanceIdentifier: 'orders-db-replica' }]);
    expect(await calls[0]?.thisValue.config.region()).toBe('eu-central-1');
  });

  it('is the other one in the other Region when the run goes back', async () => {
    await observe(spec, back, outsideOf());
    const [call] = rds.commandCalls(DescribeDBInstancesCommand);
    expect(call?.args[0].input).toEqual({ DBInstanceIdentifier: 'orders-db' });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });

  it.each<[string, Partial<DBInstance>, object]>([
    ['without a source stands alone', { ReadReplicaSourceDBInstanceIdentifier: undefined }, { sourceArn: undefined }],
    [
      'whose source is an empty text stands alone',
      { ReadReplicaSourceDBInstanceIdentifier: '' },
      { sourceArn: undefined },
    ],
    [
      'may replicate a cluster',
      { ReadReplicaSourceDBInstanceIdentifier: undefined, ReadReplicaSourceDBClusterIdentifier: 'arn:cluster' },
      { sourceArn: 'arn:cluster' },
    ],
    ['that replicates nothing says so', { StatusInfos: undefined }, { replication: 'none' }],
    ['may have a terminated stream', { StatusInfos: [stream('terminated')] }, { replication: 'stopped' }],
    ['may have a stopped stream', { StatusInfos: [stream('stopped')] }, { replication: 'stopped' }],
    ['may have a degraded stream', { StatusInfos: [stream('replication degraded')] }, { replication: 'error' }],
    ['may have no endpoint yet', { Endpoint: undefined }, { address: undefined, port: undefined }],
    ['may have no backups', { BackupRetentionPeriod: undefined }, { backupRetentionDays: 0 }],
  ])('%s', async (_title, changed, facts) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{ ...found, ...changed }] });
    expect((await look()).instance).toEqual({ ...known, ...facts });
  });

  it('that does not exist is a fact', async () => {
    const notFound = new DBInstanceNotFoundFault({ message: 'not found', $metadata: { httpStatusCode: 404 } });
    rds.on(DescribeDBInstancesCommand).rejects(notFound);
    expect((await look()).instance).toBe('absent');
  });

  it('that an empty answer leaves out does not exist', async () => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [] });
    expect((await look()).instance).toBe('absent');
  });

  it.each<[string, Error, object]>([
    ['throttling is transient', service(RDSServiceException, 'Throttling'), { name: 'TransientError', effect: 'none' }],
    ['no answer is transient: this Region must answer', timeout(), { name: 'TransientError', code: 'TimeoutError' }],
    ['a missing permission is terminal', service(RDSServiceException, 'AccessDenied'), { name: 'TerminalError' }],
  ])('%s', async (_title, error, failure) => {
    rds.on(DescribeDBInstancesCommand).rejects(error);
    await expect(look()).rejects.toMatchObject(failure);
  });
});

describe('the lag', () => {
  it('is asked of CloudWatch in the Region being activated, for the time before the incident', async () => {
    await look();
    const calls = cloudwatch.commandCalls(GetMetricDataCommand);
    const metric = (Id: string, Namespace: string, MetricName: string, dimensions: Record<string, string>) => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Maximum' } };
    };
    const told = { Application: 'shop', Place: 'recovery' };
    expect(calls.map(({ args }) => args[0].input)).toEqual([
      {
        MetricDataQueries: [
          metric('lag', 'AWS/RDS', 'ReplicaLag', { DBInstanceIdentifier: 'orders-db-replica' }),
          metric('heartbeat', 'Understudy', 'HeartbeatAgeSeconds', told),
          metric('writes', 'Understudy', 'WritesPerSecond', told),
        ],
        StartTime: minutesBefore(6),
        EndTime: new Date(incidentAt),
        ScanBy: 'TimestampDescending',
      },
    ]);
    expect(await calls[0]?.thisValue.config.region()).toBe('eu-central-1');
  });

  it('counts from the end of the period it covers', async () => {
    const result = { Id: 'lag', Timestamps: [minutesBefore(0.5), minutesBefore(1.5)], Values: [31, 2] };
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [result] });
    expect((await look()).lagSamples).toEqual([
      { at: incidentAt + 30_000, value: 31 },
      { at: incidentAt - 30_000, value: 2 },
    ]);
  });

  it('is read page by page, also past an empty one', async () => {
    const second = { MetricDataResults: [page([])], NextToken: 'third' };
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [page([1])], NextToken: 'second' });
    cloudwatch.on(GetMetricDataCommand, { NextToken: 'second' }).resolves(second);
    cloudwatch.on(GetMetricDataCommand, { NextToken: 'third' }).resolves({ MetricDataResults: [page([2, 3])] });
    const { lagSamples } = await look();
    expect(lagSamples).toEqual([1, 2, 3].map((value) => ({ at: incidentAt - (value - 1) * 60_000, value })));
  });

  it('is told apart from the heartbeat and the rate of writes', async () => {
    const MetricDataResults = [page([2], 'writes'), page([1], 'lag'), page([3], 'heartbeat')];
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });
    const { heartbeatAges, lagSamples, writeRates } = await look();
    expect([lagSamples, writeRates, heartbeatAges]).toEqual(
      [1, 2, 3].map((value) => [{ at: incidentAt - (value - 1) * 60_000, value }]),
    );
  });

  it('is not read further than the newest ten samples of each', async () => {
    const minutes = Array.from({ length: 12 }, (_, index) => index + 1);
    const MetricDataResults = [page(minutes), page(minutes, 'heartbeat'), page(minutes, 'writes')];
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults, NextToken: 'more' });
    const { lagSamples } = await look();
    expect(lagSamples).toHaveLength(10);
    expect(lagSamples[0]).toEqual({ at: incidentAt, value: 1 });
    expect(cloudwatch.commandCalls(GetMetricDataCommand)).toHaveLength(1);
  });

  it('is not sought in more than ten empty pages', async () => {
    let token = 0;
    cloudwatch.on(GetMetricDataCommand).callsFake(() => {
      token += 1;
      return { MetricDataResults: [page([])], ...(token < 50 ? { NextToken: String(token) } : {}) };
    });
    expect((await look()).lagSamples).toEqual([]);
    expect(token).toBe(10);
  });

  it('is empty when there is no such metric', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    expect((await look()).lagSamples).toEqual([]);
  });

  it.each<[string, Error]>([
    ['CloudWatch throttles', service(CloudWatchServiceException, 'Throttling')],
    ['CloudWatch does not answer', timeout()],
    ['CloudWatch fails', new InternalServiceFault({ message: 'oops', $metadata: { httpStatusCode: 500 } })],
  ])('is to be looked at again, and not called unknown, when %s', async (_title, error) => {
    cloudwatch.on(GetMetricDataCommand).rejects(error);
    await expect(look()).rejects.toMatchObject({ name: 'TransientError' });
  });

  it.each(['InternalError', 'Forbidden'] as const)('is unknown when the result says %s', async (StatusCode) => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ ...page([1]), StatusCode }] });
    expect((await look()).lagSamples).toBe('unknown');
  });

  it('that may not be read is a terminal failure', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(service(CloudWatchServiceException, 'AccessDenied'));
    await expect(look()).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
  });
});

it('a planned run does not ask CloudWatch: a final sync tells more, and writes stand still meanwhile', async () => {
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [found] });
  const planned: Target = { ...target, run: { ...target.run, purpose: 'switchover' } };
  expect(await observe(spec, planned, outsideOf())).toEqual({
    instance: known,
    lagSamples: [],
    heartbeatAges: [],
    writeRates: [],
  });
  expect(cloudwatch.calls()).toEqual([]);
});

describe('act', () => {
  const action: Action = { type: 'promote', instance: 'orders-db-replica' };
  const promote = () => act(action, spec, target, outsideOf());

  it('promotes the instance in the Region being activated, once', async () => {
    rds.on(PromoteReadReplicaCommand).resolves({});
    await promote();
    expect(rds.calls()).toHaveLength(1);
    const [call] = rds.commandCalls(PromoteReadReplicaCommand);
    expect(call?.args[0].input).toEqual({ DBInstanceIdentifier: 'orders-db-replica' });
    expect(await call?.thisValue.config.region()).toBe('eu-central-1');
  });

  it.each<[string, Error]>([
    ['as the SDK names it', new InvalidDBInstanceStateFault({ message: 'backing-up', $metadata: {} })],
    ['as the service names it', service(RDSServiceException, 'InvalidDBInstanceState')],
  ])('asks for another look when the state forbids it now, %s', async (_title, error) => {
    rds.on(PromoteReadReplicaCommand).rejects(error);
    const failure = { name: 'TransientError', effect: 'none', code: error.name, cause: error };
    await expect(promote()).rejects.toMatchObject(failure);
  });

  it('may have worked at an earlier attempt that was not answered, and be refused for that very reason', async () => {
    const $metadata = { attempts: 2 };
    rds.on(PromoteReadReplicaCommand).rejects(new InvalidDBInstanceStateFault({ message: 'rebooting', $metadata }));
    await expect(promote()).rejects.toMatchObject({ name: 'TransientError', effect: 'unknown' });
  });

  it.each<[string, Error, object]>([
    ['throttling did nothing', service(RDSServiceException, 'Throttling'), { name: 'TransientError', effect: 'none' }],
    ['without an answer it may have happened', timeout(), { name: 'TransientError', effect: 'unknown' }],
    ['a missing permission is terminal', service(RDSServiceException, 'AccessDenied'), { name: 'TerminalError' }],
  ])('%s', async (_title, error, failure) => {
    rds.on(PromoteReadReplicaCommand).rejects(error);
    await expect(promote()).rejects.toMatchObject(failure);
  });
});

function stream(Status: string) {
  return { StatusType: 'read replication', Status, Normal: false };
}

/** A page with one sample for each of these minutes before the incident, of as many seconds of lag. */
function page(minutes: readonly number[], Id = 'lag') {
  return { Id, Timestamps: minutes.map(minutesBefore), Values: [...minutes] };
}
