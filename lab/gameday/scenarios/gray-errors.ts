import { must } from '../../checkers/expectations.ts';
import { allExecutionsEnded, called } from '../../checkers/sights.ts';
import { grayErrors as gray } from '../faults/services.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

export const grayErrors: Scenario = {
  name: 'gray-errors',
  story:
    'Four of ten requests to the primary Region fail: some are reset, some never answered. Probes of both observers see it, ' +
    'and so do the users; replication goes on.',
  settings: { synchronous: false },
  steps: [calm(3), strike(gray('primary')), until(allExecutionsEnded, { withinSeconds: 25 }), watch(1.5)],
  expectations: [
    ...recovers({ withinSeconds: 10 }),
    must('the sick primary is fenced: it is alive', called('UpdateService'), { withinSeconds: 10 }),
  ],
};
