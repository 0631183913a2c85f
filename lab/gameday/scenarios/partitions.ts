import type { Plan } from '../../../shared/domain/plan.ts';
import { must, never } from '../../checkers/expectations.ts';
import { executionEnded, gapAbove, runOpened, served } from '../../checkers/sights.ts';
import { together } from '../faults/fault.ts';
import { cutOneWay } from '../faults/network.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { leftAlone } from './usual.ts';

/** A lone alarm is given up soon: the scenario is to see the end of it. */
const givesUpSoon = (plan: Plan): Plan => ({ ...plan, detection: { ...plan.detection, agreeWithinSeconds: 3 } });

const expectations = [
  ...leftAlone({ forSeconds: 5 }),
  must('the primary Region serves on', served('primary'), { withinSeconds: 1 }),
  never('clients of the primary Region wait for more than a second', gapAbove('primary', 1), { forSeconds: 5 }),
  never('a run is opened', runOpened, { forSeconds: 5 }),
  must('the alarm that one observer raised comes to nothing', executionEnded('FAILED'), { withinSeconds: 8 }),
];

const apart = together(cutOneWay('recovery', 'primary'), cutOneWay('primary', 'recovery'));

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
