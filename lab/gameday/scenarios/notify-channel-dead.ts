import { must, never } from '../../checkers/expectations.ts';
import {
  allExecutionsEnded,
  executionEnded,
  noted,
  runClosed,
  secondRun,
  served,
  told,
} from '../../checkers/sights.ts';
import { notificationsDead } from '../faults/cloud.ts';
import { together } from '../faults/fault.ts';
import { regionLost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';

const mute = notificationsDead('recovery');

export const notifyChannelDead: Scenario = {
  name: 'notify-channel-dead',
  story:
    'The primary Region dies while SNS in the recovery Region takes no message. The recovery must not wait for that, and ' +
    'people must be told when SNS is back.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(together(mute, regionLost('primary'))),
    until(runClosed, { withinSeconds: 10 }),
    watch(1.5),
    heal(mute),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(0.5),
  ],
  expectations: [
    must('the recovery Region serves', served('recovery'), { withinSeconds: 5 }),
    must('the run is closed', runClosed, { withinSeconds: 5 }),
    must('the journal tells that nobody could be told', noted('notify', 'failed'), { withinSeconds: 5 }),
    must('people are told in the end', told('recovery'), { withinSeconds: 15 }),
    must('the execution succeeds', executionEnded('SUCCEEDED'), { withinSeconds: 15 }),
    never('a second run is opened', secondRun, { forSeconds: 3 }),
  ],
};
