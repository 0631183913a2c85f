import { must, never } from '../../checkers/expectations.ts';
import { acknowledgedAfter, allExecutionsEnded, directly, happened } from '../../checkers/sights.ts';
import { regionFrozen as frozen } from '../faults/regions.ts';
import { writesDirectly } from './people.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

const asleep = frozen('primary');

export const regionFrozen: Scenario = {
  name: 'region-frozen',
  story:
    'Every process of the primary Region stops where it is, and wakes after the failover, sure of being in charge. ' +
    'Somebody still has its address.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(asleep),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1),
    heal(asleep),
    writesDirectly('primary', { forSeconds: 1.5 }),
  ],
  expectations: [
    ...recovers({ withinSeconds: 5 }),
    must('the woken Region refuses for want of a lease', directly('primary', 'refused', 'no-lease', 'read-only'), {
      withinSeconds: 2,
      after: happened('heal'),
    }),
    never('the woken Region takes an order', directly('primary', 'taken'), { forSeconds: 3 }),
    never('a client hears from the woken Region', acknowledgedAfter('primary', happened('heal')), { forSeconds: 3 }),
  ],
};
