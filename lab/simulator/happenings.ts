import { isFailure } from '../../shared/domain/errors.ts';
import type { Place, RunRequest } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import { accessDenied, internalFailure } from './call-faults.ts';
import type { Day } from './day.ts';
import type { Attitude } from './operator.ts';

/** A Region of the plan by its place. */
export type Where = Place | 'witness';

/** Something that happens to the world, or that a person does, at a moment of the day. */
export interface Happening {
  /** Names it in a report and on the command line; unique in a day. */
  readonly id: string;
  /** Seconds since the day began. */
  readonly at: number;
  /** When it ends by itself; without one it lasts until everything is healed. */
  readonly until?: number | undefined;
  begin(day: Day): void;
  end?(day: Day): void;
}

export interface When {
  readonly at: number;
  readonly until?: number | undefined;
}

const idOf = (name: string, { at, until }: When): string => `${name}@${at}${until === undefined ? '' : `-${until}`}`;
const happening = (name: string, when: When, acts: Pick<Happening, 'begin' | 'end'>): Happening => ({
  id: idOf(name, when),
  ...when,
  ...acts,
});

/** The whole Region: nothing in it answers or moves; what was running wakes when it is back. */
export const regionLost = (where: Where, when: When): Happening =>
  happening(`region-lost:${where}`, when, {
    begin: ({ plan, world }) => world.loseRegion(plan.regions[where]),
    end: ({ plan, world }) => world.restoreRegion(plan.regions[where]),
  });

/** One direction of one link. */
export const cut = (from: Where, to: Where, when: When): Happening =>
  happening(`cut:${from}>${to}`, when, {
    begin: ({ plan, world }) => world.network.cut(plan.regions[from], plan.regions[to]),
    end: ({ plan, world }) => world.network.heal(plan.regions[from], plan.regions[to]),
  });

/** Both directions of one link. */
export const partition = (one: Where, other: Where, when: When): readonly Happening[] => [
  cut(one, other, when),
  cut(other, one, when),
];

const refusing = (name: string, when: When, refuse: (day: Day) => (call: ApiCall) => Error | undefined): Happening => {
  const id = idOf(name, when);
  return happening(name, when, {
    begin: (day) => void day.weather.refusals.set(id, refuse(day)),
    end: (day) => void day.weather.refusals.delete(id),
  });
};

/** The application goes on; the AWS API of the Region answers 500. */
export const controlPlaneDead = (where: Where, when: When): Happening =>
  refusing(
    `control-plane-dead:${where}`,
    when,
    ({ plan }) =>
      ({ caller, endpointRegion, service }) =>
        caller !== '' && service !== 'DynamoDB' && endpointRegion === plan.regions[where]
          ? internalFailure()
          : undefined,
  );

/** Route 53 cannot be changed or asked through its API; its name servers go on. */
export const route53ApiDead = (when: When): Happening =>
  refusing(
    'route53-api-dead',
    when,
    () =>
      ({ service }) =>
        service === 'Route53' ? internalFailure() : undefined,
  );

export const topicDead = (when: When): Happening =>
  refusing(
    'topic-dead',
    when,
    () =>
      ({ service }) =>
        service === 'SNS' ? accessDenied() : undefined,
  );

/** What an observer measures does not arrive at CloudWatch. */
export const metricsStop = (where: Where, when: When): Happening =>
  refusing(
    `metrics-stop:${where}`,
    when,
    ({ plan }) =>
      ({ callerRegion, command }) =>
        command === 'PutMetricData' && callerRegion === plan.regions[where] ? internalFailure() : undefined,
  );

/** A function may not make this call, until somebody mends its role. */
export const notAllowed = (command: string, when: When): Happening =>
  refusing(
    `not-allowed:${command}`,
    when,
    () => (call) => (call.command === command && call.caller !== '' ? accessDenied() : undefined),
  );

/** Every call of this command is answered with 500 and does nothing; whoever calls cannot know that. */
export const commandDead = (command: string, when: When): Happening =>
  refusing(
    `command-dead:${command}`,
    when,
    () => (call) => (call.command === command && call.caller !== '' ? internalFailure() : undefined),
  );

/** The observer's own network fails: nobody answers it, and it is the one who is sick. */
export const observerSick = (where: Where, when: When): Happening =>
  happening(`observer-sick:${where}`, when, {
    begin: ({ plan, weather }) => void weather.deaf.add(plan.regions[where]),
    end: ({ plan, weather }) => void weather.deaf.delete(plan.regions[where]),
  });

/** A share of the answers of the application there is 500. */
export const grayErrors = (where: Place, share: number, when: When): Happening =>
  happening(`gray-errors:${where}:${share}`, when, {
    begin: ({ plan, shop }) => void shop.errorShare.set(plan.regions[where], share),
    end: ({ plan, shop }) => void shop.errorShare.delete(plan.regions[where]),
  });

export const lagging = (seconds: number, when: When): Happening =>
  happening(`lagging:${seconds}s`, when, {
    begin: ({ shop }) => {
      shop.replication.extraLagMs = seconds * 1000;
    },
    end: ({ shop }) => {
      shop.replication.extraLagMs = 0;
    },
  });

export const replicationStopped = (when: When): Happening =>
  happening('replication-stopped', when, {
    begin: ({ shop }) => {
      shop.replication.isStopped = true;
    },
    end: ({ shop }) => {
      shop.replication.isStopped = false;
    },
  });

/** RDS shows the standby in this status, whatever it really does; then what it does, unless it has changed itself. */
export const standbyStatus = (status: string, when: When): Happening => {
  let before = 'available';
  return happening(`standby-status:${status}`, when, {
    begin: (day) => {
      if (!hasStandby(day)) return;
      before = standby(day).instance(instances.recovery).DBInstanceStatus ?? before;
      standby(day).patchInstance(instances.recovery, { DBInstanceStatus: status });
    },
    end: (day) => {
      if (!hasStandby(day) || standby(day).instance(instances.recovery).DBInstanceStatus !== status) return;
      const { substrate, plan } = day;
      const role = substrate.databaseRole({ region: plan.regions.recovery, instance: instances.recovery });
      // A promotion that had begun goes on; anything else was shown by another of these, or has ended.
      const isChanging = role !== 'writer' && ['modifying', 'rebooting'].includes(before);
      standby(day).patchInstance(instances.recovery, { DBInstanceStatus: isChanging ? before : 'available' });
    },
  });
};

/** While it is built anew there is none. */
const hasStandby = (day: Day): boolean => standby(day).identifiers().includes(instances.recovery);

const standby = ({ plan, world }: Day) => world.rds(plan.regions.recovery);

/** Somebody who is not Understudy sets the number of tasks, as infrastructure code does that knows nothing of a failover. */
export const serviceCount = (where: Place, count: number, when: When): Happening =>
  happening(`service-count:${where}:${count}`, when, {
    begin: ({ plan, world }) => {
      const service = { cluster: 'shop', service: 'orders', desiredCount: count };
      world.ecs(plan.regions[where]).operations.UpdateService(service);
    },
  });

/** So many tasks fit, and no more. */
export const capacity = (where: Place, tasks: number, when: When): Happening =>
  happening(`capacity:${where}:${tasks}`, when, {
    begin: ({ plan, world }) => world.ecs(plan.regions[where]).setCapacity('shop', tasks),
    end: ({ plan, world }) => world.ecs(plan.regions[where]).setCapacity('shop', Number.POSITIVE_INFINITY),
  });

/** Promotions and task starts take so many times as long as usual. */
export const transitions = (factor: number, when: When): Happening =>
  happening(`transitions:${factor}`, when, {
    begin: (day) => {
      day.weather.slowness = factor;
    },
    end: (day) => {
      day.weather.slowness = 1;
    },
  });

/** The clocks of a Region are ahead by so many ms (less than none: behind). */
export const clocksAhead = (where: Where, ms: number, when: When = { at: 0 }): Happening =>
  happening(`clocks-ahead:${where}:${ms}ms`, when, {
    begin: ({ plan, weather }) => void weather.skews.set(plan.regions[where], ms),
  });

/** New code is deployed: every process is replaced, and executions that run go on with it. */
export const deploy = (when: When): Happening => happening('deploy', when, { begin: (day) => day.redeploy() });

/** The stack is upgraded: new versions, a new machine, and step functions that could not go on with what runs. */
export const upgrade = (when: When): Happening => happening('upgrade', when, { begin: (day) => day.upgrade() });

/** The standby is gone: of a cluster without an instance there is nothing to promote, either. */
export const standbyGone = (when: When): Happening => {
  let before: ReturnType<ReturnType<typeof standby>['instance']> | undefined;
  return happening('standby-gone', when, {
    begin: (day) => {
      before = standby(day).removeInstance(instances.recovery);
    },
    end: (day) => {
      if (before !== undefined) standby(day).seedInstance({ ...before, DBInstanceIdentifier: instances.recovery });
    },
  });
};

/** The standby runs another version than its source: replication has ended with an error, as RDS shows it. */
export const versionsApart = (when: When): Happening => {
  const healthy = { StatusType: 'read replication', Status: 'replicating', Normal: true };
  const broken = { StatusType: 'read replication', Status: 'error', Normal: false, Message: 'incompatible version' };
  return happening('versions-apart', when, {
    begin: (day) => {
      day.shop.replication.isStopped = true;
      standby(day).patchInstance(instances.recovery, { EngineVersion: '17.9', StatusInfos: [broken] });
    },
    end: (day) => {
      day.shop.replication.isStopped = false;
      standby(day).patchInstance(instances.recovery, { EngineVersion: '18.4', StatusInfos: [healthy] });
    },
  });
};

/** A person starts a run in the console of a place. */
export const manualStart = (place: Place, when: When, request: Partial<RunRequest> = {}): Happening => {
  const { dryRun, purpose = 'manual-start' } = request;
  const name = dryRun === true ? `dry-run:${place}` : `${purpose}:${place}`;
  return happening(name, when, {
    begin: (day) => day.console.start(`${purpose}-${place}-${when.at}`, day.plan.regions[place], request),
  });
};

export const dryRun = (place: Place, when: When): Happening => manualStart(place, when, { dryRun: true });

/** A person stops whatever execution runs. */
export const cancel = (when: When): Happening => happening('cancel', when, { begin: (day) => day.console.cancelAll() });

/** The rule that hands alarms to `trigger` is off: alarms go red, and nobody hears of it. */
export const alarmsUnheard = (when: When): Happening =>
  happening('alarms-unheard', when, {
    begin: ({ plan, world }) =>
      void world.eventBridge(plan.regions.recovery).operations.DisableRule({ Name: alarmRule }),
    end: ({ plan, world }) => void world.eventBridge(plan.regions.recovery).operations.EnableRule({ Name: alarmRule }),
  });

/** As lab/gameday/seed-application.ts names it. */
const alarmRule = 'understudy-alarms';

/** From then on this is what the person on duty says when a run asks. */
export const operatorSays = (attitude: Attitude, when: When): Happening => {
  const { toHolds, toQuestions } = attitude;
  return happening(`operator-says:${toQuestions}:${toHolds.replace(' ', '-')}`, when, {
    begin: ({ people }) => {
      people.attitude = attitude;
    },
  });
};

/** What a person does at the command line; whoever gets no answer from the table gives up. */
const byHand = (world: World, act: () => Promise<void>): void =>
  world.host.background(() =>
    act().catch((error: unknown) => {
      if (!isFailure(error)) throw error;
    }),
  );

/** A person throws the kill switch, and lifts it again. */
export const halt = (when: When): Happening =>
  happening('halt', when, {
    begin: ({ clock, coordination, halts, plan, world }) =>
      byHand(world, async () => {
        await coordination.killSwitch.halt(plan.application, { by: 'ada', reason: 'let me look', at: clock.now() });
        halts.push({ at: clock.now() });
      }),
    // There is one switch: whoever lifts it lifts it for all who have thrown it.
    end: ({ clock, coordination, halts, plan, world }) => {
      for (const one of halts) one.endedAt ??= clock.now();
      byHand(world, () => coordination.killSwitch.resume(plan.application));
    },
  });

/** A person says that the causes of the last run are known, so that another one may start by itself. */
export const acknowledge = (when: When): Happening =>
  happening('acknowledge', when, {
    begin: ({ coordination, plan, world }) =>
      byHand(world, async () => {
        const runId = (await coordination.lock.state(plan.application))?.lastRun?.id;
        if (runId !== undefined) await coordination.lock.acknowledge(plan.application, { runId, by: 'ada' });
      }),
  });
