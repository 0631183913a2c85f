import type { Plan } from '../../../shared/domain/plan.ts';
import { type Expectation, must, never } from '../../checkers/expectations.ts';
import * as sights from '../../checkers/sights.ts';

/** What every failover owes, besides the invariants and the plan's objectives. */
export const recovers = ({ withinSeconds }: { readonly withinSeconds: number }): readonly Expectation[] => [
  must('the recovery Region serves', sights.served('recovery'), { withinSeconds }),
  must('people are told', sights.told('recovery'), { withinSeconds: withinSeconds + 10 }),
  never('a second run is opened', sights.secondRun, { forSeconds: 1 }),
];

/** What must not be done to an application that serves. */
export const leftAlone = ({ forSeconds }: { readonly forSeconds: number }): readonly Expectation[] => [
  never('a database is promoted', sights.promotion, { forSeconds }),
  never('traffic leaves the primary Region', sights.trafficAwayFrom('primary'), { forSeconds }),
  never('anything else of the application is changed', sights.anyEffect, { forSeconds }),
  never('an acknowledged write is lost', sights.acknowledgedWriteLost, { forSeconds }),
];

/** A lone alarm is given up soon: the scenario is to see the end of it. */
export const givesUpSoon = (plan: Plan): Plan => ({
  ...plan,
  detection: { ...plan.detection, agreeWithinSeconds: 3 },
});
