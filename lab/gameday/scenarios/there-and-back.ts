import { must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import { allExecutionsEnded, happened, served, told } from '../../checkers/sights.ts';
import { replicationStalled } from '../faults/network.ts';
import { regionLost } from '../faults/regions.ts';
import { writesDirectly } from './people.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { before, calm, heal, strike, until, watch } from './steps.ts';

const lost = regionLost('primary');

/** The primary Region dies, the application fails over, and the Region returns by itself on its old data. */
export const away = [
  calm(2.5),
  strike(lost),
  until(allExecutionsEnded, { withinSeconds: 20 }),
  watch(0.5),
  heal(lost),
  watch(2.5),
] as const;

export const goesHome = [
  starts('failback'),
  until(home.ended('failback'), { withinSeconds: 30 }),
  until(home.ended('reprotect'), { withinSeconds: 30 }),
  // A Region whose database is rebuilt raises an alarm, which comes to nothing.
  until(allExecutionsEnded, { withinSeconds: 15 }),
  watch(1),
] as const;

const started = happened('people', 'an operator starts a failback');

/** What every way home owes, besides the invariants. */
export const comesHome = [
  must('the recovery Region serves after the fault', served('recovery'), { withinSeconds: 5 }),
  must('the primary Region serves again', served('primary'), { withinSeconds: 25, after: started }),
  must('the planned run ends with the application moved', home.moved('failback'), {
    withinSeconds: 30,
    after: started,
  }),
  must('people are told', told('primary'), { withinSeconds: 30, after: started }),
  must('the application is protected again', home.standbyAt('recovery'), { withinSeconds: 60, after: started }),
  never('a write is lost on the way home', home.lostGoingHome, { forSeconds: 5 }),
  never('an orphaned write is gone', home.orphanGone, { forSeconds: 5 }),
  // With a client that keeps the old address for a TTL of one second.
  never('writes stand still for longer than 3 s on the way home', home.since(started, home.stoodStill(3)), {
    forSeconds: 5,
  }),
];

export const thereAndBack: Scenario = {
  name: 'there-and-back',
  story:
    'The primary Region dies, with writes that were never replicated, and the application fails over. The Region returns, ' +
    'an operator starts the way home, and the application moves back without losing a write.',
  settings: { synchronous: false },
  steps: [...away, ...goesHome],
  expectations: comesHome,
};

export const homeReturnsWithOrphans: Scenario = {
  name: 'home-returns-with-orphans',
  story:
    'Replication has stood still for a second when the primary Region dies. It returns with some 200 writes that nobody else ' +
    'has, and somebody still has its address. The way home writes them down and keeps them.',
  settings: {
    synchronous: false,
    change: (plan) => ({ ...plan, objectives: { ...plan.objectives, rpoSeconds: 5 } }),
  },
  steps: [
    calm(2),
    before(replicationStalled),
    calm(1),
    strike(lost),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    heal(lost),
    writesDirectly('primary', { forSeconds: 2 }),
    ...goesHome,
  ],
  expectations: [
    ...comesHome,
    must('the journal names every orphaned write', home.orphansWrittenDown(50), { withinSeconds: 25, after: started }),
  ],
};
