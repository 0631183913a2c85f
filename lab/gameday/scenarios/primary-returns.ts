import { must, never } from '../../checkers/expectations.ts';
import { acknowledgedAfter, allExecutionsEnded, directly, happened } from '../../checkers/sights.ts';
import { regionLost } from '../faults/regions.ts';
import { writesDirectly } from './people.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

const dead = regionLost('primary');

export const primaryReturns: Scenario = {
  name: 'primary-returns',
  story:
    'The primary Region dies, and after the failover it starts anew by itself on its old data: database, order services ' +
    'and guard. Nobody has told them that they are not in charge any more, and somebody still has their address.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(dead),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1),
    heal(dead),
    writesDirectly('primary', { forSeconds: 2 }),
  ],
  expectations: [
    ...recovers({ withinSeconds: 5 }),
    must('the returned Region refuses for want of a lease', directly('primary', 'refused', 'no-lease', 'read-only'), {
      withinSeconds: 4,
      after: happened('heal'),
    }),
    never('the returned Region takes an order', directly('primary', 'taken'), { forSeconds: 4 }),
    never('a client hears from it', acknowledgedAfter('primary', happened('heal')), { forSeconds: 4 }),
  ],
};
