import { must, never } from '../../checkers/expectations.ts';
import {
  allExecutionsEnded,
  earlier,
  happened,
  noted,
  secondRun,
  served,
  told,
  trafficAwayFrom,
} from '../../checkers/sights.ts';
import { capacityShort as short } from '../faults/cloud.ts';
import { together } from '../faults/fault.ts';
import { regionLost } from '../faults/regions.ts';
import { says } from './people.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';

const room = short('recovery', 1);
const held = noted('hold', 'asked');

export const capacityShort: Scenario = {
  name: 'capacity-short',
  story:
    'The primary Region dies, and the recovery Region has room for one task where two are needed. The database is promoted by ' +
    'then, so the run is held. Somebody finds capacity and lets it go on.',
  settings: {
    synchronous: false,
    // Scale gives up after two seconds, and a person has to act: the objective is wider than usual.
    change: (plan) => ({
      ...plan,
      objectives: { ...plan.objectives, rtoSeconds: 20 },
      pace: { ...plan.pace, patienceSeconds: 1, visibilitySeconds: 1, stepDeadlineSeconds: 2 },
    }),
  },
  steps: [
    calm(3),
    strike(together(room, regionLost('primary'))),
    until(held, { withinSeconds: 15 }),
    watch(0.5),
    heal(room),
    says({ type: 'resume' }),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1.5),
  ],
  expectations: [
    must('the run is held', held, { withinSeconds: 10 }),
    never('traffic moves before there is capacity', earlier(trafficAwayFrom('primary'), happened('heal')), {
      forSeconds: 3,
    }),
    must('the recovery Region serves once it goes on', served('recovery'), {
      withinSeconds: 5,
      after: happened('people'),
    }),
    must('people are told', told('recovery'), { withinSeconds: 20 }),
    never('a second run is opened', secondRun, { forSeconds: 3 }),
  ],
};
