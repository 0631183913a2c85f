import type { Plan } from '../../../shared/domain/plan.ts';
import { must, never } from '../../checkers/expectations.ts';
import {
  allExecutionsEnded,
  askedWithLoss,
  called,
  earlier,
  executionEnded,
  noted,
  promotion,
  secondRun,
  served,
  told,
  trafficAwayFrom,
} from '../../checkers/sights.ts';
import { lagMetricStopped } from '../faults/cloud.ts';
import { together } from '../faults/fault.ts';
import { replicationStalled } from '../faults/network.ts';
import { regionLost } from '../faults/regions.ts';
import { heartbeatUntold } from '../faults/services.ts';
import { says } from './people.ts';
import type { Scenario } from './scenario.ts';
import { before, calm, strike, until, watch } from './steps.ts';

const asked = noted('approve', 'asked');
const answered = noted('approve', 'answered');

/** A person is slower than the objective, so that is wider where one has to answer. */
const patient = (plan: Plan): Plan => ({ ...plan, objectives: { ...plan.objectives, rtoSeconds: 15 } });

export const lagAboveRpo: Scenario = {
  name: 'lag-above-rpo',
  story:
    'Replication has stood still for two seconds when the primary Region dies; the RPO is one second. The run asks, and shows ' +
    'what would be lost. A person accepts that.',
  settings: { synchronous: false, change: patient },
  steps: [
    calm(2),
    before(replicationStalled),
    calm(2),
    strike(regionLost('primary')),
    until(asked, { withinSeconds: 10 }),
    watch(1),
    says({ type: 'approve', needs: ['accept-data-loss'] }),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(1.5),
  ],
  expectations: [
    must('the run asks, and shows the loss in seconds and in writes', askedWithLoss, { withinSeconds: 5 }),
    never('a database is promoted before a person has accepted', earlier(called('PromoteReadReplica'), answered), {
      forSeconds: 3,
    }),
    must('the recovery Region serves once it was accepted', served('recovery'), { withinSeconds: 4, after: answered }),
    must('people are told', told('recovery'), { withinSeconds: 20 }),
    never('a second run is opened', secondRun, { forSeconds: 3 }),
  ],
};

/** What a run owes that was stopped before the point of no return. */
const putBack = [
  never('a database is promoted', promotion, { forSeconds: 3 }),
  never('traffic leaves the primary Region', trafficAwayFrom('primary'), { forSeconds: 3 }),
  must('the run stops', executionEnded('FAILED'), { withinSeconds: 15 }),
  must('what Scale has raised is put back', noted('restore', 'undone'), { withinSeconds: 15 }),
  must('people are told', told('recovery'), { withinSeconds: 15 }),
];

/** The newest sample may not be older than a second: then it is too old when the Region dies. */
const freshSamplesOnly = (plan: Plan): Plan => ({
  ...patient(plan),
  resources: plan.resources.map((resource) =>
    resource.kind === 'rds-read-replica'
      ? { ...resource, spec: { ...(resource.spec as object), lagAgeSecondsMax: 1 } }
      : resource,
  ),
});

export const lagUnknown: Scenario = {
  name: 'lag-unknown',
  story:
    'Neither RDS nor the application has told for three seconds how far behind the standby is when the primary Region dies. ' +
    'Nobody can bound the loss, and a person declines to accept it.',
  notDue: 'A person declined to lose nobody knows how much.',
  settings: { synchronous: false, change: freshSamplesOnly },
  steps: [
    calm(2),
    before(together(lagMetricStopped, heartbeatUntold('recovery'))),
    calm(3),
    strike(regionLost('primary')),
    until(asked, { withinSeconds: 10 }),
    says({ type: 'decline' }),
    until(allExecutionsEnded, { withinSeconds: 20 }),
    watch(3),
  ],
  expectations: [must('the run asks', asked, { withinSeconds: 5 }), ...putBack],
};

export const approvalTimeout: Scenario = {
  name: 'approval-timeout',
  story:
    'The primary Region dies, and the plan wants a person to agree before anything is promoted. Nobody answers within two ' +
    'seconds, so the run stops and puts back what it has done.',
  notDue: 'Nobody agreed in time.',
  settings: {
    synchronous: false,
    change: (plan) => ({ ...plan, policy: { ...plan.policy, approval: 'manual', approvalWithinSeconds: 2 } }),
  },
  steps: [calm(3), strike(regionLost('primary')), until(allExecutionsEnded, { withinSeconds: 20 }), watch(3)],
  expectations: [must('the run asks', asked, { withinSeconds: 5 }), ...putBack],
};
