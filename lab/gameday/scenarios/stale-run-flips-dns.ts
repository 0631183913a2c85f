import { must, never } from '../../checkers/expectations.ts';
import {
  actedUnderOlderEpoch,
  allExecutionsEnded,
  executionEnded,
  happened,
  runTookOver,
  served,
  turnedDown,
} from '../../checkers/sights.ts';
import { callHeld } from '../faults/cloud.ts';
import { together } from '../faults/fault.ts';
import { regionLost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';

const late = callHeld('ChangeResourceRecordSets');

export const staleRunFlipsDns: Scenario = {
  name: 'stale-run-flips-dns',
  story:
    'The primary Region dies, and the batch with which the run points DNS to the recovery Region is held on its way. ' +
    'Another run takes over from the silent one and ends; then the first one’s batch arrives.',
  settings: {
    synchronous: false,
    // The silence has to be waited for, so the objective is wider than where the automation goes through.
    change: (plan) => ({
      ...plan,
      objectives: { ...plan.objectives, rtoSeconds: 10 },
      policy: { ...plan.policy, takeOverAfterSeconds: 1 },
    }),
  },
  steps: [
    calm(3),
    strike(together(late, regionLost('primary'))),
    until(executionEnded('SUCCEEDED'), { withinSeconds: 10 }),
    watch(0.5),
    heal(late),
    until(allExecutionsEnded, { withinSeconds: 10 }),
    watch(1),
  ],
  expectations: [
    must('the second run takes over', runTookOver, { withinSeconds: 5 }),
    must('the recovery Region serves', served('recovery'), { withinSeconds: 10 }),
    must('Route 53 refuses the late batch', turnedDown('ChangeResourceRecordSets', 'InvalidChangeBatch'), {
      withinSeconds: 10,
    }),
    must('the stale run ends', executionEnded('FAILED'), { withinSeconds: 2, after: happened('heal') }),
    never('the stale run changes anything after it was taken over', actedUnderOlderEpoch, { forSeconds: 2 }),
  ],
};
