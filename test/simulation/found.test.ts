import { describe, expect, it } from 'vitest';
import * as happen from '../../lab/simulator/happenings.ts';
import { scenarioNamed } from '../../lab/simulator/scenarios/registry.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import { type FixedDay, liveFixedDay } from '../support/fixed-day.ts';

/** Days of a scenario that found a bug of the product; a day without its bug passes. */
const scenarios: readonly (readonly [bug: string, scenario: string, seed: number])[] = [
  ['nobody could write after a person had ended a run behind its promotion', 'ended-behind-promotion', 1],
  ['Stop put a Region in charge to which the data had never moved', 'ended-before-promotion', 1],
  ['a planned freeze looked like an incident, and was pre-empted', 'ping-pong', 3],
];

const approving = { toQuestions: 'approve', toHolds: 'resume' } as const;
const declining = { toQuestions: 'decline', toHolds: 'stop' } as const;
/** There and home again; with its fault, Confirm at home cannot withdraw the claim of the recovery Region: both stand. */
const homeWithoutConfirm = [
  happen.operatorSays(approving, { at: 0 }),
  happen.manualStart('recovery', { at: 70 }),
  happen.manualStart('primary', { at: 500 }, { purpose: 'failback' }),
];
const oneToTen = Array.from({ length: 10 }, (_, index) => index + 1);

/**
 * Days of a swarm that found a bug of the product, or a rule that said too much. The swarm draws otherwise by now: here is what
 * made the day fail, and the seed for its durations.
 */
const found: readonly (FixedDay & { readonly bug: string })[] = [
  {
    bug: 'a claim of the primary that was left standing held traffic for ever in a planned move (homeward, 13786)',
    seed: 13_786,
    plan: { traffic: 'health-check' },
    healAt: 1800,
    happenings: [...homeWithoutConfirm, happen.manualStart('recovery', { at: 1200 }, { purpose: 'switchover' })],
    faults: ['denied@confirm:S3.GetObject#4'],
  },
  {
    bug: 'the same, in a failover (homeward, 134081)',
    seed: 13_786,
    plan: { traffic: 'health-check' },
    healAt: 1800,
    happenings: [...homeWithoutConfirm, happen.manualStart('recovery', { at: 1200 })],
    faults: ['denied@confirm:S3.GetObject#4'],
  },
  {
    bug: 'the same, when a failover has taken over from that move',
    seed: 13_786,
    plan: { traffic: 'health-check' },
    healAt: 1800,
    happenings: [
      ...homeWithoutConfirm,
      happen.manualStart('recovery', { at: 1200 }, { purpose: 'switchover' }),
      happen.manualStart('recovery', { at: 1240 }),
    ],
    faults: ['denied@confirm:S3.GetObject#4'],
  },
  {
    bug: 'Restore woke what a run had put to rest that was taken over: its successor had finished that (homeward, 300527)',
    seed: 300_527,
    plan: { traffic: 'routing-control', consumers: true },
    healAt: 2400,
    happenings: [
      happen.regionLost('primary', { at: 76, until: 217 }),
      happen.manualStart('primary', { at: 874 }, { purpose: 'failback' }),
      happen.regionLost('primary', { at: 994, until: 1171 }),
      happen.regionLost('recovery', { at: 1146 }),
    ],
    faults: ['hangs-after@detect:DynamoDB.PutItem#4', 'hangs-after@rest:DynamoDB.PutItem#3'],
  },
  {
    bug: 'the model knew nothing of a move that a person had ended, once another run was stopped (homeward, 120622)',
    seed: 120_622,
    healAt: 1500,
    happenings: [
      happen.operatorSays(declining, { at: 0 }),
      happen.regionLost('primary', { at: 123, until: 473 }),
      happen.manualStart('primary', { at: 1300 }),
    ],
    faults: ['denied@promote:CloudWatch.GetMetricData#4'],
  },
  {
    bug: 'behind the promotion a person had the only fence skipped that could be shown, and the run could never go on (swarm, 312053)',
    seed: 312_053,
    plan: { leaseless: true },
    happenings: [
      happen.operatorSays({ toQuestions: 'approve', toHolds: 'skip orders-service' }, { at: 0 }),
      happen.manualStart('recovery', { at: 80 }),
    ],
    faults: ['denied@promote:CloudWatch.GetMetricData#4'],
  },
  {
    bug: 'what a later run left at rest counted as the state before the one that was stopped (homeward, 50018)',
    seed: 50_018,
    plan: { consumers: true },
    healAt: 1500,
    happenings: [
      happen.operatorSays(approving, { at: 0 }),
      happen.regionLost('primary', { at: 70, until: 200 }),
      happen.manualStart('primary', { at: 600 }, { purpose: 'failback' }),
      happen.manualStart('recovery', { at: 900 }, { purpose: 'reprotect' }),
    ],
    faults: ['denied@rest:Scheduler.UpdateSchedule#1'],
  },
  {
    bug: 'two persons halted the application, one lifted the switch, and the day went on counting',
    seed: 1,
    happenings: [
      happen.halt({ at: 70, until: 120 }),
      happen.halt({ at: 90, until: 600 }),
      happen.regionLost('primary', { at: 130 }),
    ],
  },
  {
    bug: 'a heartbeat from before replication had stopped told how much would be lost (homeward, 100750)',
    seed: 100_750,
    happenings: [
      happen.operatorSays(declining, { at: 0 }),
      happen.observerSick('recovery', { at: 75, until: 250 }),
      happen.replicationStopped({ at: 80 }),
      happen.regionLost('primary', { at: 220 }),
      happen.manualStart('recovery', { at: 250 }),
    ],
  },
  {
    bug: 'a planned run that was pre-empted before its first line counted as one taken over too early (homeward, 6776)',
    seed: 6776,
    happenings: [
      happen.operatorSays(approving, { at: 0 }),
      happen.manualStart('recovery', { at: 200 }, { purpose: 'switchover' }),
      happen.manualStart('recovery', { at: 203 }),
    ],
    faults: ['paused@detect:DynamoDB.PutItem#2'],
  },
  {
    bug: 'a person could not let a takeover go on that came behind a promotion (homeward, 5356)',
    seed: 5356,
    healAt: 2400,
    happenings: [
      happen.regionLost('primary', { at: 109, until: 294 }),
      happen.manualStart('primary', { at: 739 }, { purpose: 'failback' }),
      happen.controlPlaneDead('primary', { at: 754 }),
      happen.cancel({ at: 931 }),
      happen.route53ApiDead({ at: 825, until: 1160 }),
      happen.operatorSays(approving, { at: 0 }),
    ],
  },
  {
    bug: 'Restore took a fence that was not visible yet for one that never was, and left the application down (swarm, 200239)',
    seed: 200_239,
    happenings: [happen.manualStart('recovery', { at: 84 })],
    faults: [
      'crash-before@guard:DynamoDB.PutItem#1',
      'paused@guard:DynamoDB.GetItem#15',
      'paused@approve:CloudWatch.GetMetricData#1',
      'stale@restore:ECS.DescribeServices#1',
    ],
  },
  {
    bug: 'tasks of a lost Region that nobody waited for any more were sent when it was back (swarm, 1548)',
    seed: 1548,
    happenings: [
      happen.regionLost('primary', { at: 70, until: 780 }),
      happen.manualStart('recovery', { at: 100 }),
      happen.regionLost('recovery', { at: 118, until: 780 }),
    ],
    faults: ['hangs-after@scale:DynamoDB.PutItem#2'],
  },
  {
    bug: 'an undo that Restore says again counted as a second effect, though nobody can tell whether the first was heard (swarm, 1168)',
    seed: 1168,
    happenings: [happen.manualStart('recovery', { at: 70 })],
    faults: [
      ...oneToTen.map((call) => `crash-before@isolate:DynamoDB.GetItem#${call}` as const),
      'crash-before@isolate:ECS.UpdateService#1',
      'crash-after@restore:ECS.UpdateService#1',
    ],
  },
  {
    bug: 'two endpoints of one cluster, asked in turn, counted as two effects (swarm, 944)',
    seed: 944,
    plan: { traffic: 'routing-control' },
    happenings: [happen.manualStart('recovery', { at: 70 })],
    faults: ['lost-answer@flip-dns:Route53RecoveryCluster.UpdateRoutingControlStates#1'],
  },
  {
    bug: 'Stop was blamed although the standby showed a status that a promotion has as well (swarm, 6818)',
    seed: 6818,
    happenings: [
      happen.operatorSays(declining, { at: 0 }),
      happen.manualStart('recovery', { at: 70 }),
      happen.standbyStatus('modifying', { at: 130 }),
    ],
    faults: ['crash-before@promote:RDS.PromoteReadReplica#1'],
  },
];

describe('found by the simulator, and mended:', () => {
  it.each(scenarios)('%s', async (_bug, scenario, seed) => {
    const { checks } = await simulate({ scenario: scenarioNamed(scenario), seed });
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  it.each(found)('$bug', async ({ bug: _, ...day }) => {
    const { failed, tookPlace } = await liveFixedDay(day);
    expect(failed).toEqual([]);
    const wanted = [...(day.happenings ?? []).map(({ id }) => id), ...(day.faults ?? [])];
    expect(tookPlace.toSorted()).toEqual(wanted.toSorted());
  });
});
