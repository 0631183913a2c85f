import { must, never } from '../../checkers/expectations.ts';
import { allExecutionsEnded, called, noted, secondRun, served, told, turnedDown } from '../../checkers/sights.ts';
import { backupBeginsAtPromotion } from '../faults/cloud.ts';
import { together } from '../faults/fault.ts';
import { regionLost } from '../faults/regions.ts';
import type { Scenario } from './scenario.ts';
import { calm, heal, strike, until, watch } from './steps.ts';

export const promotionRefused: Scenario = {
  name: 'promotion-refused',
  story:
    'The primary Region dies, and at the moment of the promotion a backup of the replica begins: RDS refuses to promote ' +
    'it, for two seconds.',
  settings: { synchronous: false },
  steps: [
    calm(3),
    strike(together(backupBeginsAtPromotion, regionLost('primary'))),
    watch(2),
    heal(backupBeginsAtPromotion),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1.5),
  ],
  expectations: [
    must('RDS refuses', turnedDown('PromoteReadReplica', 'InvalidDBInstanceStateFault'), { withinSeconds: 2 }),
    must('the journal tells of it', noted('promote', 'rejected'), { withinSeconds: 2 }),
    must('the replica is promoted when the backup is over', called('PromoteReadReplica'), { withinSeconds: 3 }),
    must('the recovery Region serves', served('recovery'), { withinSeconds: 5 }),
    must('people are told', told('recovery'), { withinSeconds: 10 }),
    never('a second run is opened', secondRun, { forSeconds: 3 }),
  ],
};
