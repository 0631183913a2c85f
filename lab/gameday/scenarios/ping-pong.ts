import { must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import {
  acknowledgedWriteLost,
  allExecutionsEnded,
  happened,
  noted,
  served,
  trafficAwayFrom,
} from '../../checkers/sights.ts';
import { regionLost } from '../faults/regions.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';
import { away } from './there-and-back.ts';

const rounds = [1, 2, 3] as const;

export const pingPong: Scenario = {
  name: 'ping-pong',
  story:
    'Three times there and back without any trouble, as planned switches, each followed by the rebuilding of the Region ' +
    'that was left. Nothing at all may be lost.',
  notDue: 'Nothing had failed: every move was planned.',
  settings: { synchronous: false },
  steps: [
    calm(4),
    ...rounds.flatMap((round) => [
      starts('switchover'),
      until(home.endedTimes('reprotect', 2 * round - 1), { withinSeconds: 40 }),
      starts('failback'),
      until(home.endedTimes('reprotect', 2 * round), { withinSeconds: 40 }),
    ]),
    watch(1),
  ],
  expectations: [
    must('the application was moved six times', home.endedTimes('failback', 3), { withinSeconds: 300 }),
    must('each time the Region that was left was rebuilt', home.endedTimes('reprotect', 6), { withinSeconds: 300 }),
    must('the primary Region serves in the end', home.standbyAt('recovery'), { withinSeconds: 300 }),
    never('an acknowledged write is lost', acknowledgedWriteLost, { forSeconds: 5 }),
    never('writes stand still for longer than 3 s', home.stoodStill(3), { forSeconds: 5 }),
  ],
};

const died = regionLost('recovery');
const secondFault = happened('fault', died.what);
/** Clients of the primary Region again: from then on nobody may be sent elsewhere. */
const movedHome = home.since(secondFault, served('primary'));

export const failoverDuringFailback: Scenario = {
  name: 'failover-during-failback',
  story:
    'The way home has rebuilt the primary Region and is about to stop writes when the Region in charge dies. A failover ' +
    'pre-empts the planned run, and goes to where that was going anyway.',
  settings: {
    synchronous: false,
    change: (plan) => ({
      ...plan,
      objectives: { ...plan.objectives, rtoSeconds: 10 },
      policy: { ...plan.policy, coolDownSeconds: 0 },
    }),
  },
  steps: [
    ...away,
    starts('failback'),
    until(noted('reverse', 'step-finished'), { withinSeconds: 30 }),
    strike(died),
    until(home.endedTimes('failover', 2), { withinSeconds: 30 }),
    until(allExecutionsEnded, { withinSeconds: 10 }),
    watch(1),
  ],
  expectations: [
    must('the recovery Region serves after the first fault', served('recovery'), { withinSeconds: 5 }),
    must('the primary Region serves after the second', served('primary'), {
      withinSeconds: 10,
      after: secondFault,
    }),
    must('the failover ends', home.endedTimes('failover', 2), {
      withinSeconds: 30,
      after: secondFault,
    }),
    never('traffic goes back to the Region that died', home.since(movedHome, trafficAwayFrom('primary')), {
      forSeconds: 3,
    }),
  ],
};
