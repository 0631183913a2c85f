import { type DBInstance, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Instance } from './check.ts';

export async function describe(instance: string, region: string, outside: Outside): Promise<'absent' | DBInstance> {
  const client = outside.client(RDSClient, region);
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance });
  try {
    const answer = await converted(`describing ${instance} in ${region}`, () => client.send(command));
    return answer.DBInstances?.[0] ?? 'absent';
  } catch (error) {
    if (hasCode(error, 'DBInstanceNotFoundFault', 'DBInstanceNotFound')) return 'absent';
    throw error;
  }
}

export function toInstance(found: DBInstance): Instance {
  const sourceArn = found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier;
  const { Address: address, Port: port } = found.Endpoint ?? {};
  return {
    status: found.DBInstanceStatus ?? 'unknown',
    ...(sourceArn ? { sourceArn } : {}),
    backupRetentionDays: found.BackupRetentionPeriod ?? 0,
    engine: found.Engine ?? 'unknown',
    engineVersion: found.EngineVersion ?? 'unknown',
    replication: replicationOf(found),
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
  };
}

function replicationOf({ StatusInfos = [] }: DBInstance): Instance['replication'] {
  const status = StatusInfos.find(({ StatusType }) => StatusType === 'read replication')?.Status;
  if (status === undefined) return 'none';
  if (status === 'replicating') return 'replicating';
  return status === 'stopped' || status === 'terminated' ? 'stopped' : 'error';
}

/**
 * A wrong state, and for changes of names what is there already or gone: a backup may have begun since the last look, or an
 * earlier call may have taken effect already. Both show at the next.
 */
const passing = [
  'InvalidDBInstanceStateFault',
  'InvalidDBInstanceState',
  'DBInstanceAlreadyExistsFault',
  'DBInstanceAlreadyExists',
  'DBSnapshotAlreadyExistsFault',
  'DBSnapshotAlreadyExists',
];
const gone = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'];

/** @param mayBeGone an earlier attempt of the same call may have taken the name away */
export function notNow(error: unknown, { mayBeGone }: { readonly mayBeGone: boolean }): unknown {
  const names = mayBeGone ? [...passing, ...gone] : passing;
  if (!hasCode(error, ...names) || !(error instanceof TerminalError)) return error;
  const { cause, code, message } = error;
  return new TransientError(message, { code, effect: effectOfRefused(cause), cause });
}
