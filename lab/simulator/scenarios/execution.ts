import * as happen from '../happenings.ts';
import type { Chance } from '../random.ts';
import { soon } from './detection.ts';
import {
  isPromoted,
  isRecovered,
  isRefusedFor,
  isTakenOver,
  noTrafficMovedMeanwhile,
  nothingOpened,
  nothingPromotedMeanwhile,
  oneRunOpened,
  recoveryTakesOrders,
} from './expect.ts';
import type { Scenario } from './scenario.ts';

const lost = (chance: Chance): happen.Happening => happen.regionLost('primary', { at: soon(chance) });
const calm = { rates: {}, healAt: 900 };
const places = ['primary', 'recovery'] as const;
const regions = ['primary', 'recovery', 'witness'] as const;

export const execution: readonly Scenario[] = [
  {
    name: 'crashes',
    situation: 'E1',
    story: 'Processes die before, between and after calls, at every step.',
    weather: (chance) => ({
      ...calm,
      happenings: [lost(chance)],
      rates: { 'crash-before': 0.02, 'crash-after': 0.04 },
    }),
  },
  {
    name: 'timeout-after-effect',
    situation: 'E2',
    story: 'Functions hang after their effect until Lambda ends them.',
    weather: (chance) => ({ ...calm, happenings: [lost(chance)], rates: { 'hangs-after': 0.05 } }),
  },
  {
    name: 'started-twice',
    situation: 'E3',
    story: 'An alarm and several people start runs at the same moment, in both Regions.',
    weather: (chance) => {
      const at = soon(chance);
      const both = places.map((place) => happen.manualStart(place, { at: at + 40 }));
      const again = [0.002, 0.02, 0.2].map((later) => happen.manualStart('recovery', { at: at + 40 + later }));
      return { ...calm, happenings: [happen.regionLost('primary', { at, until: at + 30 }), ...both, ...again] };
    },
    expectations: [oneRunOpened],
  },
  {
    name: 'bad-answers',
    situation: 'E4',
    story: 'Throttling, 500, lost answers and stale reads, all the time.',
    weather: (chance) => ({
      ...calm,
      // When the newest answers about the lag are lost, too, somebody has to accept that.
      happenings: [lost(chance), happen.operatorSays({ toQuestions: 'approve', toHolds: 'resume' }, { at: 0 })],
      rates: { throttled: 0.08, 'server-error': 0.05, 'lost-answer': 0.05, stale: 0.3, slow: 0.03 },
    }),
    expectations: [isPromoted],
  },
  {
    name: 'promotion-refused',
    situation: 'E5',
    story: 'RDS refuses to promote while the standby is being backed up.',
    weather: (chance) => ({
      ...calm,
      happenings: [lost(chance), happen.standbyStatus('backing-up', { at: 60, until: 300 })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'lag-above-rpo',
    situation: 'E6',
    story: 'The standby is a minute behind, and nobody accepts the loss.',
    weather: () => ({
      ...calm,
      happenings: [happen.lagging(60, { at: 61 }), happen.regionLost('primary', { at: 300 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('approval-timeout')],
  },
  {
    name: 'lag-unknown',
    situation: 'E6',
    story: 'Replication has stopped, so nobody knows what would be lost, and nobody accepts it.',
    weather: () => ({
      ...calm,
      happenings: [happen.replicationStopped({ at: 61 }), happen.regionLost('primary', { at: 300 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('approval-timeout')],
  },
  {
    name: 'loss-accepted',
    situation: 'E6',
    story: 'The standby is a minute behind, and a person accepts the loss.',
    weather: () => ({
      ...calm,
      happenings: [
        happen.operatorSays({ toQuestions: 'approve', toHolds: 'resume' }, { at: 0 }),
        happen.lagging(60, { at: 61 }),
        happen.regionLost('primary', { at: 300 }),
      ],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'standby-gone',
    situation: 'E7',
    story: 'There is no instance to promote: the run says so before it isolates anything.',
    weather: (chance) => ({ ...calm, healAt: 420, happenings: [lost(chance), happen.standbyGone({ at: 60 })] }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('replica-not-found')],
  },
  {
    name: 'versions-apart',
    situation: 'E7',
    story: 'The standby has another version than its source, and has replayed nothing since: nobody accepts the loss.',
    weather: () => ({
      ...calm,
      happenings: [happen.versionsApart({ at: 61 }), happen.regionLost('primary', { at: 300 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('approval-timeout')],
  },
  {
    name: 'capacity-short',
    situation: 'E8',
    story: 'The recovery Region has room for one task only, until all is healed.',
    weather: (chance) => ({ ...calm, happenings: [lost(chance), happen.capacity('recovery', 1, { at: 60 })] }),
    expectations: [noTrafficMovedMeanwhile, isRecovered],
  },
  {
    name: 'standby-stuck',
    situation: 'E9',
    story: 'RDS is modifying the standby, and does not come to an end for minutes.',
    weather: (chance) => ({
      ...calm,
      happenings: [lost(chance), happen.standbyStatus('modifying', { at: 60, until: 400 })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'standby-failed',
    situation: 'E9',
    story: 'The standby has failed for good.',
    weather: (chance) => ({
      ...calm,
      healAt: 420,
      happenings: [lost(chance), happen.standbyStatus('failed', { at: 60 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('replica-unusable')],
  },
  {
    name: 'stale-run',
    situation: 'E10',
    story: 'The Region that orchestrates freezes on the way to DNS, is taken over, and wakes.',
    weather: (chance) => ({
      ...calm,
      healAt: 1200,
      happenings: [
        happen.manualStart('recovery', { at: 70 }),
        happen.regionLost('recovery', { at: Math.round(chance.between(110, 240)), until: 700 }),
      ],
    }),
  },
  {
    name: 'approval-timeout',
    situation: 'E11',
    story: 'A run asks to lose data, and nobody is there.',
    weather: () => ({
      ...calm,
      happenings: [happen.replicationStopped({ at: 61 }), happen.manualStart('recovery', { at: 200 })],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('approval-timeout')],
  },
  {
    name: 'approval-declined',
    situation: 'E11',
    story: 'A run asks to lose data, and a person declines.',
    weather: () => ({
      ...calm,
      happenings: [
        happen.operatorSays({ toQuestions: 'decline', toHolds: 'silent' }, { at: 0 }),
        happen.replicationStopped({ at: 61 }),
        happen.manualStart('recovery', { at: 200 }),
      ],
    }),
    expectations: [nothingPromotedMeanwhile, isRefusedFor('approval-declined')],
  },
  {
    name: 'notify-channel-dead',
    situation: 'E12',
    story: 'No message reaches anybody.',
    weather: (chance) => ({ ...calm, happenings: [lost(chance), happen.topicDead({ at: 0 })] }),
    expectations: [isRecovered],
  },
  {
    name: 'orchestrator-dies',
    situation: 'E13',
    story: 'The Region that orchestrates the run dies in the middle of it.',
    weather: (chance) => ({
      ...calm,
      happenings: [
        happen.manualStart('recovery', { at: 70 }),
        happen.regionLost('recovery', { at: Math.round(chance.between(73, 110)) }),
      ],
    }),
    expectations: [isTakenOver],
  },
  {
    name: 'cancelled',
    situation: 'E14',
    story: 'A person stops the execution at any step; a watchdog takes the run over.',
    weather: (chance) => ({
      ...calm,
      happenings: [
        happen.manualStart('recovery', { at: 70 }),
        happen.cancel({ at: Math.round(chance.between(72, 200)) }),
      ],
    }),
  },
  {
    name: 'deployed-mid-run',
    situation: 'E15',
    story: 'New code is deployed again and again while a run goes on.',
    weather: (chance) => ({
      ...calm,
      happenings: [lost(chance), ...Array.from({ length: 12 }, (_, index) => happen.deploy({ at: 100 + index * 15 }))],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'upgraded-mid-run',
    situation: 'E15',
    story:
      'The stack is upgraded while a run goes on, to steps that could not go on with it: the run keeps its versions.',
    weather: (chance) => ({
      ...calm,
      happenings: [lost(chance), happen.upgrade({ at: Math.round(chance.between(115, 190)) })],
    }),
    expectations: [isRecovered],
  },
  {
    name: 'clocks-and-pauses',
    situation: 'E16',
    story: 'Clocks differ by almost the skew, and processes stand still for longer than the lease.',
    weather: (chance) => ({
      ...calm,
      happenings: [
        // Late enough that a guard has run before, although it stood still at first: nobody outwaits a lease that never was.
        happen.regionLost('primary', { at: 240 + soon(chance) }),
        happen.clocksAhead('primary', chance.pick([-990, 990])),
        happen.clocksAhead('recovery', chance.pick([-990, 990])),
        // When a guard stood still before, nobody has written for a while, and somebody has to accept what that may hide.
        happen.operatorSays({ toQuestions: 'approve', toHolds: 'resume' }, { at: 0 }),
      ],
      rates: { paused: 0.03 },
    }),
    expectations: [isPromoted],
  },
  {
    name: 'clocks-apart',
    situation: 'E16',
    story:
      'The primary renews its lease and cannot be reached; its clocks are behind, those of the other Region ahead.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return {
        ...calm,
        happenings: [
          happen.clocksAhead('primary', -990),
          happen.clocksAhead('recovery', 990),
          happen.transitions(0.01, { at: 0 }),
          happen.cut('recovery', 'primary', when),
          happen.cut('witness', 'primary', when),
          happen.manualStart('recovery', { at: when.at + 10 }),
        ],
      };
    },
    expectations: [isRecovered],
  },
  {
    name: 'guard-paused',
    situation: 'E16',
    story: 'Guards stand still in the middle of a renewal, and wake when a run has claimed their lease.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      const cuts = [happen.cut('recovery', 'primary', when), happen.cut('witness', 'primary', when)];
      const start = happen.manualStart('recovery', { at: when.at + 10 });
      return {
        ...calm,
        happenings: [happen.transitions(0.01, { at: 0 }), ...cuts, start],
        rates: { paused: 0.3 },
        callers: ['guard'],
      };
    },
  },
  {
    name: 'partition-asymmetric',
    situation: 'E17',
    story: 'The others cannot reach the primary; it reaches them, and users and replication go on: nothing has failed.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return { ...calm, happenings: [happen.cut('recovery', 'primary', when), happen.cut('witness', 'primary', when)] };
    },
    expectations: [nothingOpened],
  },
  {
    name: 'partitions-one-by-one',
    situation: 'E18',
    story: 'Links open and close, one after the other.',
    weather: (chance) => {
      const cuts = Array.from({ length: 10 }, (_, index) => {
        const at = 65 + index * 40;
        return happen.cut(chance.pick(regions), chance.pick(regions), {
          at,
          until: at + Math.round(chance.between(20, 120)),
        });
      });
      return { ...calm, happenings: [...new Map(cuts.map((one) => [one.id, one])).values()] };
    },
  },
  {
    name: 'partition-primary-alive',
    situation: 'E18',
    story: 'The Regions cannot see the primary, and users can: its lease must end before another Region writes.',
    weather: (chance) => {
      const when = { at: soon(chance) };
      return {
        ...calm,
        happenings: [...happen.partition('primary', 'recovery', when), ...happen.partition('primary', 'witness', when)],
      };
    },
    expectations: [isRecovered],
  },
  {
    name: 'halted',
    story: 'A person has halted the application when the primary Region dies.',
    weather: (chance) => ({
      ...calm,
      healAt: 420,
      happenings: [happen.halt({ at: 50 }), happen.regionLost('primary', { at: soon(chance) })],
    }),
    expectations: [nothingPromotedMeanwhile],
  },
  {
    name: 'ended-behind-promotion',
    story:
      'RDS takes longer than the deadline, a person ends the held run, and the promotion comes to its end after all.',
    weather: (chance) => ({
      ...calm,
      // One promotion in ten takes up to 9,000 s then.
      healAt: 7200,
      happenings: [
        happen.operatorSays({ toQuestions: 'approve', toHolds: 'stop' }, { at: 0 }),
        happen.transitions(30, { at: 60 }),
        lost(chance),
      ],
    }),
    expectations: [recoveryTakesOrders],
  },
  {
    name: 'ended-before-promotion',
    story:
      'RDS answers 500 to every promotion and does nothing, and a person ends the held run: the data has not moved.',
    weather: () => ({
      ...calm,
      healAt: 1800,
      happenings: [
        happen.operatorSays({ toQuestions: 'approve', toHolds: 'stop' }, { at: 0 }),
        happen.commandDead('PromoteReadReplica', { at: 0 }),
        happen.manualStart('recovery', { at: 70 }),
      ],
    }),
    expectations: [isRefusedFor('hold-ended'), nothingPromotedMeanwhile],
  },
];
