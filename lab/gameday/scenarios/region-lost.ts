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
