import { never } from '../../checkers/expectations.ts';
import { acknowledgedWriteLost, allExecutionsEnded } from '../../checkers/sights.ts';
import { regionLost as lost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';
import { recovers } from './usual.ts';

export const regionLost: Scenario = {
  name: 'region-lost',
  story: 'The primary Region dies at one moment, with every process in it; replication was asynchronous.',
  settings: { synchronous: false },
  steps: [calm(3), strike(lost('primary')), until(allExecutionsEnded, { withinSeconds: 20 }), watch(1.5)],
  expectations: recovers({ withinSeconds: 5 }),
};

export const regionLostSynchronous: Scenario = {
  ...regionLost,
  name: 'region-lost-synchronous',
  story: 'The same with a synchronous standby: each write waits for it, and no acknowledged write may be lost.',
  settings: { synchronous: true },
  expectations: [
    ...regionLost.expectations,
    never('an acknowledged write is lost', acknowledgedWriteLost, { forSeconds: 1 }),
  ],
};

/** Not in the list of scenarios: it measures what the write lease costs, and two Regions could write. */
export const regionLostWithoutLease: Scenario = {
  ...regionLost,
  name: 'region-lost-without-lease',
  story: 'The same with a plan that has no write lease, and accepts that nobody knows whether the Region still writes.',
  settings: { synchronous: false, lease: false },
};
