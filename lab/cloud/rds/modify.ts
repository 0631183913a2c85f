import type { ModifyDBInstanceCommandInput } from '@aws-sdk/client-rds';
import { notSimulated } from '../errors.ts';
import { type Answer, type Instance, type Instances, requireAvailable } from './instances.ts';

/** A new name and other changes in one call are not simulated; nor is what waits for the maintenance window. */
export function modifyInstance(instances: Instances, input: ModifyDBInstanceCommandInput): Answer {
  const { ApplyImmediately, BackupRetentionPeriod, DeletionProtection, NewDBInstanceIdentifier } = input;
  const instance = instances.find(input.DBInstanceIdentifier);
  requireAvailable(instance);
  if (BackupRetentionPeriod !== undefined) instance.BackupRetentionPeriod = BackupRetentionPeriod;
  if (DeletionProtection !== undefined) instance.DeletionProtection = DeletionProtection;
  if (NewDBInstanceIdentifier === undefined) return { DBInstance: instance };
  if (ApplyImmediately !== true) throw notSimulated('RDS', 'ModifyDBInstance in the maintenance window');
  const newId = NewDBInstanceIdentifier.toLowerCase();
  instances.promise(newId);
  instance.DBInstanceStatus = 'renaming';
  instances.host.background(() => finishRename(instances, instance, newId));
  return { DBInstance: instance };
}

/**
 * "An instance reboot occurs immediately"; "The renamed DB instance is not available until the new name becomes effective." –
 * API reference, ModifyDBInstance; User Guide, "Renaming a DB instance". Until then it is described under the old name.
 */
async function finishRename(instances: Instances, instance: Instance, newId: string): Promise<void> {
  const { host, region } = instances;
  await host.up(region);
  if (host.substrate.renameDatabase === undefined) throw notSimulated('RDS', 'a new name on this substrate');
  await host.substrate.renameDatabase(instances.ref(instance), newId);
  await host.up(region);
  instances.rename(instance, newId);
  instance.DBInstanceStatus = 'available';
}
