import { must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import { called, happened } from '../../checkers/sights.ts';
import { consumersAtWork, withConsumers } from '../faults/consumers.ts';
import type { Scenario } from './scenario.ts';
import { before, calm } from './steps.ts';
import { away, comesHome, goesHome } from './there-and-back.ts';

const started = happened('people', 'an operator starts a failback');

export const zombieConsumers: Scenario = {
  name: 'zombie-consumers',
  story:
    'The primary Region returns after a failover, and its consumer goes on taking messages beside the one that has taken over. ' +
    'The way home puts it to rest first, and hands the work over only when the application is at home.',
  settings: { synchronous: false, change: withConsumers },
  steps: [calm(0.5), before(consumersAtWork), ...away, ...goesHome],
  expectations: [
    ...comesHome,
    must('the consumer that woke up is put to rest', called('UpdateEventSourceMapping', 'rest'), {
      withinSeconds: 10,
      after: started,
    }),
    must('the consumer at home takes over in the end', home.consumesOnlyIn('primary'), {
      withinSeconds: 40,
      after: started,
    }),
    never(
      'two consumers work at once after that',
      home.since(called('UpdateEventSourceMapping', 'rest'), home.bothConsume),
      {
        forSeconds: 5,
      },
    ),
  ],
};
