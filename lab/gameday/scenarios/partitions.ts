import { must, never } from '../../checkers/expectations.ts';
import {
  acknowledgedAfter,
  allExecutionsEnded,
  directly,
  executionEnded,
  gapAbove,
  happened,
  runOpened,
  served,
} from '../../checkers/sights.ts';
import { cutBothWays, cutOff, cutOneWay } from '../faults/network.ts';
import { writesDirectly } from './people.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { givesUpSoon, leftAlone, recovers } from './usual.ts';

const expectations = [
  ...leftAlone({ forSeconds: 5 }),
  must('the primary Region serves on', served('primary'), { withinSeconds: 1 }),
  never('clients of the primary Region wait for more than a second', gapAbove('primary', 1), { forSeconds: 5 }),
  never('a run is opened', runOpened, { forSeconds: 5 }),
  must('the alarm that one observer raised comes to nothing', executionEnded('FAILED'), { withinSeconds: 8 }),
];

const apart = cutBothWays('primary', 'recovery');

export const partitionPrimaryAlive: Scenario = {
  name: 'partition-primary-alive',
  story:
    'Primary and recovery Region cannot reach each other: no API calls, no probes, no replication. The witness and the ' +
    'users see both.',
  notDue: 'The primary Region served all the time, and the witness saw it.',
  settings: { synchronous: false, change: givesUpSoon },
  steps: [
    calm(3),
    strike(apart),
    watch(4),
    heal(apart),
    until(executionEnded('FAILED'), { withinSeconds: 4 }),
    watch(2),
  ],
  expectations,
};

const oneWay = cutOneWay('recovery', 'primary');

export const partitionAsymmetric: Scenario = {
  ...partitionPrimaryAlive,
  name: 'partition-asymmetric',
  story:
    'Nothing from the recovery Region reaches the primary, while the other direction works: probes are lost, replication ' +
    'goes on arriving. The witness and the users see both.',
  steps: [
    calm(3),
    strike(oneWay),
    watch(4),
    heal(oneWay),
    until(executionEnded('FAILED'), { withinSeconds: 4 }),
    watch(2),
  ],
};

const alone = cutOff('primary');

export const partitionPrimaryIsolated: Scenario = {
  name: 'partition-primary-isolated',
  story:
    'No other Region reaches the primary, and it reaches none, while users reach all of them. It cannot renew its write ' +
    'lease, so it stops writing by itself; and the other one may take over.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(alone),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    writesDirectly('primary', { forSeconds: 1 }),
    heal(alone),
    writesDirectly('primary', { forSeconds: 1.5 }),
  ],
  expectations: [
    ...recovers({ withinSeconds: 5 }),
    must('the isolated Region refuses for want of a lease', directly('primary', 'refused', 'no-lease', 'read-only'), {
      withinSeconds: 1,
      after: happened('people'),
    }),
    never('the isolated Region takes an order after the failover', directly('primary', 'taken'), { forSeconds: 3 }),
    never('a client hears from it after the failover', acknowledgedAfter('primary', happened('people')), {
      forSeconds: 3,
    }),
  ],
};
