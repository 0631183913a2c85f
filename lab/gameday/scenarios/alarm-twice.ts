import { never } from '../../checkers/expectations.ts';
import { allExecutionsEnded, secondExecution } from '../../checkers/sights.ts';
import { alarmsDeliveredAgain } from '../faults/cloud.ts';
import { regionLost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

export const alarmTwice: Scenario = {
  name: 'alarm-twice',
  story:
    'The primary Region dies, and EventBridge delivers each alarm twice at once, and once more when all is over. One ' +
    'incident is one run.',
  settings: { synchronous: false, cloud: { eventDuplicateProbability: 1 } },
  steps: [
    calm(3),
    strike(regionLost('primary')),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1),
    strike(alarmsDeliveredAgain),
    watch(2),
  ],
  expectations: [
    ...recovers({ withinSeconds: 5 }),
    never('a second execution is started', secondExecution, { forSeconds: 3 }),
  ],
};
