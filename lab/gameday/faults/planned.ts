import { AccessDeniedException } from '@aws-sdk/client-ecs';
import { InsufficientDBInstanceCapacityFault } from '@aws-sdk/client-rds';
import type { Place } from '../../../shared/domain/run.ts';
import { fault as serviceError } from '../../cloud/errors.ts';
import type { ApiCall } from '../../cloud/history.ts';
import { instances } from '../data.ts';
import type { Lab } from '../lab.ts';
import { coordinationOf } from '../run-log.ts';
import { type Fault, nowMs } from './fault.ts';

/** Another fault strikes when this function makes its first call; the call itself is not held up. */
export const whenStepBegins = (step: string, inner: Fault): Fault => {
  const owner = Symbol(step);
  return {
    what: `${inner.what} when ${step} begins`,
    strike({ intercepts, ...rest }) {
      const lab: Lab = { ...rest, intercepts };
      let hasStruck = false;
      intercepts.add(owner, ({ caller }) => {
        if (caller === step && !hasStruck) {
          hasStruck = true;
          void inner.strike(lab);
        }
        return undefined;
      });
      return nowMs();
    },
    heal(lab) {
      lab.intercepts.remove(owner);
      return inner.heal?.(lab);
    },
  };
};

/** No trouble of a machine: somebody throws the kill switch, and lifts it again. */
export const halted: Fault = {
  what: 'a person halts the application',
  async strike(lab) {
    const halt = { by: 'ada', reason: 'let me look', at: Date.now() };
    await coordinationOf(lab).killSwitch.halt(lab.plan.application, halt);
    return nowMs();
  },
  heal: (lab) => coordinationOf(lab).killSwitch.resume(lab.plan.application),
};

/** No instance of the class is to be had: RDS builds no replica. */
export const noReplicaToBeHad: Fault = failing(
  { command: 'CreateDBInstanceReadReplica' },
  'RDS has no capacity for a replica',
  () => serviceError(InsufficientDBInstanceCapacityFault, 'No capacity', 400),
);

/** The function that brings a Region to rest lacks a permission. */
export const mayNotRest: Fault = failing(
  { command: 'UpdateService', caller: 'rest' },
  'the function rest may not change a service',
  () => serviceError(AccessDeniedException, 'not authorized to perform: ecs:UpdateService', 400),
);

/** The function that moves traffic lacks one, too. */
export const mayNotFlip: Fault = failing(
  { command: 'ChangeResourceRecordSets', caller: 'flip-dns' },
  'the function flip-dns may not change a record',
  () => serviceError(AccessDeniedException, 'not authorized to perform: route53:ChangeResourceRecordSets', 403),
);

/** @param fits whose calls fail; every caller's, if none is named */
function failing(fits: Pick<ApiCall, 'command'> & Partial<ApiCall>, what: string, error: () => Error): Fault {
  const owner = Symbol(fits.command);
  return {
    what,
    strike({ intercepts }) {
      intercepts.add(owner, ({ caller, command }) =>
        command === fits.command && caller === (fits.caller ?? caller) ? error() : undefined,
      );
      return nowMs();
    },
    heal: ({ intercepts }) => intercepts.remove(owner),
  };
}

/** A backup of the replica in this place begins at the very moment at which it is to be promoted, and does not end. */
export const backupWithoutEnd = (place: Place): Fault => {
  const owner = Symbol('backup');
  return {
    what: `a backup of the replica in the ${place} Region begins when it is to be promoted`,
    strike({ intercepts, plan, world }) {
      const rds = world.rds(plan.regions[place]);
      intercepts.add(owner, ({ command }) => {
        if (command === 'PromoteReadReplica') rds.patchInstance(instances[place], { DBInstanceStatus: 'backing-up' });
      });
      return nowMs();
    },
    heal({ intercepts, plan, world }) {
      intercepts.remove(owner);
      world.rds(plan.regions[place]).patchInstance(instances[place], { DBInstanceStatus: 'available' });
    },
  };
};

/**
 * The standby in this place shows other rows than its writer: its own settings, which are not replicated, let it find a
 * table of the same name first, in which a row is missing.
 */
export const standbyShowsOtherRows = (place: Place): Fault => ({
  what: `the standby in the ${place} Region shows other rows than its writer`,
  async strike({ regions }) {
    const [standby, writer] = [regions[place].database, regions[place === 'primary' ? 'recovery' : 'primary'].database];
    await writer.query('CREATE SCHEMA IF NOT EXISTS planted');
    await writer.query('CREATE TABLE planted.orders AS SELECT * FROM public.orders OFFSET 1');
    await standby.query(`ALTER SYSTEM SET search_path = planted, public`);
    await standby.query('SELECT pg_reload_conf()');
    return nowMs();
  },
  /** Whatever the way home has done to that standby meanwhile: one that was put aside needs no healing. */
  async heal({ regions }) {
    const { query } = regions[place].database;
    await query('ALTER SYSTEM RESET search_path').catch(() => undefined);
    await query('SELECT pg_reload_conf()').catch(() => undefined);
  },
});
