import { must, never } from '../../checkers/expectations.ts';
import { actedUnderOlderEpoch, called, executionEnded, runTookOver, served, told } from '../../checkers/sights.ts';
import { together } from '../faults/fault.ts';
import { orchestratorDiesAt } from '../faults/orchestrators.ts';
import { regionLost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';

export const orchestratorDies: Scenario = {
  name: 'orchestrator-dies',
  story:
    'The primary Region dies, and the process that orchestrates the run is killed at the very moment of the promotion. ' +
    'Its watchdog starts another run, which takes over and finishes what was begun.',
  settings: {
    synchronous: false,
    orchestrators: 2,
    change: (plan) => ({
      ...plan,
      objectives: { ...plan.objectives, rtoSeconds: 10 },
      policy: { ...plan.policy, takeOverAfterSeconds: 1 },
    }),
  },
  steps: [
    calm(3),
    strike(together(orchestratorDiesAt('PromoteReadReplica'), regionLost('primary'))),
    until(called('PromoteReadReplica'), { withinSeconds: 10 }),
    until(executionEnded('SUCCEEDED'), { withinSeconds: 10 }),
    watch(1.5),
  ],
  expectations: [
    must('another run takes over', runTookOver, { withinSeconds: 5 }),
    must('the recovery Region serves', served('recovery'), { withinSeconds: 10 }),
    must('people are told', told('recovery'), { withinSeconds: 15 }),
    never('the dead run changes anything after it was taken over', actedUnderOlderEpoch, { forSeconds: 2 }),
  ],
};
