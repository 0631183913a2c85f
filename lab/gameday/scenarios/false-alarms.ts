import { must, never } from '../../checkers/expectations.ts';
import { executionEnded, gapAbove, runOpened, served } from '../../checkers/sights.ts';
import { observerSick as sick } from '../faults/network.ts';
import { badDeploy as deployed } from '../faults/services.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';
import { givesUpSoon, leftAlone } from './usual.ts';

const fault = sick('recovery');

export const observerSick: Scenario = {
  name: 'observer-sick',
  story:
    'The probes of the recovery Region reach nothing, not even their own Region: the observer is the sick one. The primary, the ' +
    'witness and the users are well.',
  notDue: 'The primary Region served all the time; only its observer was sick.',
  settings: { synchronous: false, change: givesUpSoon },
  steps: [
    calm(3),
    strike(fault),
    watch(4),
    heal(fault),
    until(executionEnded('FAILED'), { withinSeconds: 4 }),
    watch(2),
  ],
  expectations: [
    ...leftAlone({ forSeconds: 5 }),
    must('the primary Region serves on', served('primary'), { withinSeconds: 1 }),
    never('clients of the primary Region wait for more than a second', gapAbove('primary', 1), { forSeconds: 5 }),
    never('a run is opened', runOpened, { forSeconds: 5 }),
  ],
};

const wrong = deployed('primary');

export const badDeploy: Scenario = {
  name: 'bad-deploy',
  story:
    'A bad deployment: the primary Region answers every order and every health check with an error. The Region itself is ' +
    'well, and replication goes on. To move the application would move the mistake.',
  notDue: 'The Region lived: the remedy is to roll back, not to fail over.',
  settings: { synchronous: false, change: givesUpSoon },
  steps: [
    calm(3),
    strike(wrong),
    watch(4),
    heal(wrong),
    until(executionEnded('FAILED'), { withinSeconds: 6 }),
    watch(2),
  ],
  expectations: [
    ...leftAlone({ forSeconds: 5 }),
    never('a run is opened', runOpened, { forSeconds: 5 }),
    must('the alarms come to nothing', executionEnded('FAILED'), { withinSeconds: 10 }),
    must('after the roll-back the primary Region serves', served('primary'), { withinSeconds: 6 }),
  ],
};
