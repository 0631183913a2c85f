import * as home from '../../checkers/home-sights.ts';
import { allExecutionsEnded } from '../../checkers/sights.ts';
import { regionLost } from '../faults/regions.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

const lost = regionLost('primary');

export const thereAndBack: Scenario = {
  name: 'there-and-back',
  story:
    'The primary Region dies, with writes that were never replicated, and the application fails over. The Region returns, ' +
    'an operator starts the way home, and the application moves back without losing a write.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(lost),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1),
    heal(lost),
    watch(3),
    starts('failback'),
    until(home.ended('failback'), { withinSeconds: 30 }),
    until(home.ended('reprotect'), { withinSeconds: 20 }),
    watch(1.5),
  ],
  expectations: [...recovers({ withinSeconds: 5 }).slice(0, 2)],
};
