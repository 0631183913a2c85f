import { InternalErrorException } from '@aws-sdk/client-sns';
import type { Place } from '../../../shared/domain/run.ts';
import { fault as serviceError } from '../../cloud/errors.ts';
import type { ApiCall } from '../../cloud/history.ts';
import { instances } from '../data.ts';
import { type Fault, nowMs } from './fault.ts';

/** SNS in one place fails whatever it is asked for. */
export const notificationsDead = (place: Place): Fault => {
  const owner = Symbol('notifications');
  return {
    what: `SNS in the ${place} Region takes no message`,
    strike({ intercepts, plan }) {
      const region = plan.regions[place];
      intercepts.add(owner, ({ endpointRegion, service }) =>
        service === 'SNS' && endpointRegion === region ? unavailable() : undefined,
      );
      return nowMs();
    },
    heal: ({ intercepts }) => intercepts.remove(owner),
  };
};

const unavailable = (): Error => serviceError(InternalErrorException, 'Internal failure', 500);

/** A backup of the standby begins at the very moment at which it is to be promoted: RDS refuses while it lasts. */
export const backupBeginsAtPromotion: Fault = (() => {
  const owner = Symbol('backup');
  return {
    what: 'a backup of the replica begins when it is to be promoted',
    strike({ intercepts, plan, world }) {
      const rds = world.rds(plan.regions.recovery);
      intercepts.add(owner, ({ command }) => {
        if (command === 'PromoteReadReplica') rds.patchInstance(instances.recovery, { DBInstanceStatus: 'backing-up' });
      });
      return nowMs();
    },
    heal({ intercepts, plan, world }) {
      intercepts.remove(owner);
      world.rds(plan.regions.recovery).patchInstance(instances.recovery, { DBInstanceStatus: 'available' });
    },
  };
})();

/** Only so many tasks find a place in a Region, until somebody finds more. */
export const capacityShort = (place: Place, tasks: number): Fault => ({
  what: `the ${place} Region has room for ${tasks} tasks`,
  strike({ plan, world }) {
    world.ecs(plan.regions[place]).setCapacity('shop', tasks);
    return nowMs();
  },
  heal: ({ plan, world }) => world.ecs(plan.regions[place]).setCapacity('shop', Number.POSITIVE_INFINITY),
});

/** The first call of this command is held on its way until the fault is healed; then it arrives, late. */
export const callHeld = (command: ApiCall['command']): Fault => {
  const owner = Symbol(command);
  return {
    what: `the first ${command} is held on its way`,
    strike({ intercepts }) {
      let isHeld = false;
      intercepts.add(owner, (call, released) => {
        if (isHeld || call.command !== command) return undefined;
        isHeld = true;
        return released;
      });
      return nowMs();
    },
    heal: ({ intercepts }) => intercepts.remove(owner),
  };
};

/** EventBridge delivers once more, as "at least once" allows: every alarm event so far of the recovery Region. */
export const alarmsDeliveredAgain: Fault = {
  what: 'EventBridge delivers every alarm of the recovery Region a second time',
  strike({ plan, world }) {
    const bus = world.eventBridge(plan.regions.recovery);
    for (const event of [...bus.events]) bus.deliverAgain(event);
    return nowMs();
  },
};

/** CloudWatch hears no replication lag any more; replication itself goes on. */
export const lagMetricStopped: Fault = {
  what: 'the metric of the replication lag stops',
  strike({ lagMetric }) {
    lagMetric.isPublished = false;
    return nowMs();
  },
  heal({ lagMetric }) {
    lagMetric.isPublished = true;
  },
};
