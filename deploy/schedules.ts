import type { Plan } from '../shared/domain/plan.ts';
import { looksPerSilence } from '../shared/domain/watchdog.ts';
import { allow, att, functionId, type Resources, role } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';

interface Schedule {
  readonly everyMinutes: number | ((plan: Plan) => number);
  /** The function works for all of it, because the finest rate of a schedule is one minute. */
  readonly durationSeconds?: number;
  /** Default: whenever the function is deployed. */
  readonly neededBy?: (plan: Plan) => boolean;
}

/**
 * Functions that watch for a minute end before it when there is nothing to wait for. Two probes, guards or watchdogs may run
 * for a moment at the turn of the minute, which does no harm.
 */
export const schedules: Readonly<Record<string, Schedule>> = {
  probe: { everyMinutes: 1, durationSeconds: 60 },
  guard: { everyMinutes: 1, durationSeconds: 60, neededBy: ({ policy }) => policy.lease !== undefined },
  'take-over': { everyMinutes: minutesBetweenLooks, durationSeconds: 60 },
  evaluate: { everyMinutes: 20 },
};

function minutesBetweenLooks({ policy }: Plan): number {
  return Math.max(1, Math.floor(policy.takeOverAfterSeconds / looksPerSilence / 60));
}

export const isScheduled = (name: string): boolean => Object.hasOwn(schedules, name);

export function scheduleResources(deployment: Deployment, names: readonly string[]): Resources {
  const scheduled = names.filter((name) => schedules[name]?.neededBy?.(deployment.plan) ?? isScheduled(name));
  const entries = scheduled.map((name) => [`${functionId(name)}Schedule`, scheduleOf(deployment.plan, name)] as const);
  const invoke = allow(
    ['lambda:InvokeFunction'],
    scheduled.map((name) => att(functionId(name), 'Arn')),
  );
  const bury = allow(['sqs:SendMessage'], [att('DeadLetters', 'Arn')]);
  return { ...Object.fromEntries(entries), SchedulerRole: role('scheduler.amazonaws.com', [invoke, bury]) };
}

/** How often a function is started at rest; undefined when it is on no schedule. */
function everyMinutesOf(plan: Plan, name: string): number | undefined {
  const every = schedules[name]?.everyMinutes;
  return typeof every === 'function' ? every(plan) : every;
}

function scheduleOf(plan: Plan, name: string) {
  const { application } = plan;
  const { durationSeconds } = schedules[name] ?? {};
  const everyMinutes = everyMinutesOf(plan, name) ?? 1;
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      ScheduleExpression: everyMinutes === 1 ? 'rate(1 minute)' : `rate(${everyMinutes} minutes)`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: att(functionId(name), 'Arn'),
        RoleArn: att('SchedulerRole', 'Arn'),
        Input: JSON.stringify({ application, ...(durationSeconds === undefined ? {} : { durationSeconds }) }),
        // What is late is of no use: the next one comes within minutes.
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 },
        DeadLetterConfig: { Arn: att('DeadLetters', 'Arn') },
      },
    },
  };
}
