import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  type DBInstance,
  DBInstanceNotFoundFault,
  DescribeDBInstancesCommand,
  InvalidDBInstanceStateFault,
  RDSClient,
  RDSServiceException,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/rds-read-replica/aws.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { sampleRun } from '../../support/sample-run.ts';

const rds = mockClient(RDSClient);
const cloudwatch = mockClient(CloudWatchClient);
const spec = Spec.parse({
  primary: { instance: 'orders-db' },
  recovery: { instance: 'orders-db-replica' },
  stopSource: true,
});
const target: Target = { phase: 'isolate', run: sampleRun() };
const look = () => observe(spec, target, outsideOf());

const found: DBInstance = {
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  MultiAZ: true,
  ReadReplicaDBInstanceIdentifiers: ['arn:aws:rds:eu-central-1:123456789012:db:orders-db-replica'],
};
const service = (name: string, httpStatusCode = 400): Error =>
  new RDSServiceException({ name, $fault: 'client', message: name, $metadata: { httpStatusCode } });
const timeout = (): Error => Object.assign(new Error('no answer'), { name: 'TimeoutError' });

beforeEach(() => {
  rds.reset();
  cloudwatch.reset();
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [found] });
});

describe('the source', () => {
  it('is described in the Region being left, and no metric is read for it', async () => {
    expect(await look()).toEqual({
      source: {
        status: 'available',
        engine: 'postgres',
        isMultiAz: true,
        isReplica: false,
        replicas: found.ReadReplicaDBInstanceIdentifiers,
      },
    });
    const [call] = rds.commandCalls(DescribeDBInstancesCommand);
    expect(call?.args[0].input).toEqual({ DBInstanceIdentifier: 'orders-db' });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
    expect(cloudwatch.calls()).toEqual([]);
  });

  it.each<[string, Partial<DBInstance>, object]>([
    ['a replica of an instance', { ReadReplicaSourceDBInstanceIdentifier: 'x' }, { isReplica: true }],
    ['a replica of a cluster', { ReadReplicaSourceDBClusterIdentifier: 'x' }, { isReplica: true }],
    ['a cluster that replicates it', { ReadReplicaDBClusterIdentifiers: ['c'] }, { replicas: ['c'] }],
    ['what RDS leaves out', {}, { status: 'unknown', engine: 'unknown', isMultiAz: false, replicas: [] }],
  ])('shows %s', async (_title, instance, expected) => {
    rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [instance] });
    expect(await look()).toMatchObject({ source: expected });
  });

  it.each<[string, Error, string]>([
    ['does not exist', new DBInstanceNotFoundFault({ message: 'none', $metadata: {} }), 'absent'],
    ['does not answer', timeout(), 'unanswered'],
    ['is throttled', service('Throttling'), 'unanswered'],
    ['fails', service('InternalFailure', 500), 'unanswered'],
  ])('that %s is a fact', async (_title, error, source) => {
    rds.on(DescribeDBInstancesCommand).rejects(error);
    expect(await look()).toEqual({ source });
  });

  it('that may not be read is a terminal failure, not silence', async () => {
    rds.on(DescribeDBInstancesCommand).rejects(service('AccessDenied', 403));
    await expect(look()).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
  });
});

describe('act', () => {
  const ask = (type: 'stop-source' | 'start-source') => act({ type, instance: 'orders-db' }, spec, target, outsideOf());

  it.each([
    ['stop-source', StopDBInstanceCommand],
    ['start-source', StartDBInstanceCommand],
  ] as const)('%s is one call in the Region being left', async (type, Command) => {
    rds.on(Command).resolves({});
    await ask(type);
    expect(rds.calls()).toHaveLength(1);
    const [call] = rds.commandCalls(Command as typeof StopDBInstanceCommand);
    expect(call?.args[0].input).toEqual({ DBInstanceIdentifier: 'orders-db' });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });

  it.each<[string, Error, object]>([
    [
      'a state that forbids it now is looked at again',
      new InvalidDBInstanceStateFault({ message: 'stopping', $metadata: {} }),
      { name: 'TransientError', effect: 'none' },
    ],
    ['without an answer it may have happened', timeout(), { name: 'TransientError', effect: 'unknown' }],
    ['a missing permission is terminal', service('AccessDenied', 403), { name: 'TerminalError' }],
  ])('%s', async (_title, error, failure) => {
    rds.on(StartDBInstanceCommand).rejects(error);
    await expect(ask('start-source')).rejects.toMatchObject(failure);
  });
});
