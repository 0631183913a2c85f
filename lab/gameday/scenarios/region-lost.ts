import type { Scenario } from './scenario.ts';

export const regionLost: Scenario = {
  name: 'region-lost',
  story: 'The primary Region dies at one moment, with every process in it; replication was asynchronous.',
  settings: { synchronous: false },
  calmMs: 3000,
  strike: (lab) => lab.loseRegion('primary'),
  deadlineMs: 20_000,
  watchMs: 1500,
};

export const regionLostSynchronous: Scenario = {
  ...regionLost,
  name: 'region-lost-synchronous',
  story: 'The same with a synchronous standby: each write waits for it, and no acknowledged write may be lost.',
  settings: { synchronous: true },
};

/** Not in the list of scenarios: it measures what the write lease costs, and two Regions could write. */
export const regionLostWithoutLease: Scenario = {
  ...regionLost,
  name: 'region-lost-without-lease',
  story: 'The same with a plan that has no write lease, and accepts that nobody knows whether the Region still writes.',
  settings: { synchronous: false, lease: false },
};
