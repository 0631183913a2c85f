import type { StepId } from '../../../shared/domain/phase.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Refusal } from '../../../shared/domain/refusals.ts';
import { type Expectation, must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import { allExecutionsEnded, called, happened, noted, served, told, trafficAwayFrom } from '../../checkers/sights.ts';
import type { Fault } from '../faults/fault.ts';
import { replicationStalled } from '../faults/network.ts';
import {
  backupWithoutEnd,
  halted,
  mayNotRest,
  noReplicaToBeHad,
  standbyShowsOtherRows,
  whenStepBegins,
} from '../faults/planned.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { heal, people, type ScenarioStep, until, watch } from './steps.ts';
import { away } from './there-and-back.ts';

/** A step that cannot settle gives up soon: the scenario is to see the end of it. */
const givesUpSoon = (plan: Plan): Plan => ({
  ...plan,
  policy: { ...plan.policy, failback: { ...plan.policy.failback, freezeSecondsMax: 2 } },
  detection: {
    ...plan.detection,
    agreeWithinSeconds: 3,
  },
  pace: { ...plan.pace, patienceSeconds: 1, stepDeadlineSeconds: 8 },
});

const started = happened('people', 'an operator starts a failback');
const after = (sight: Parameters<typeof home.since>[1]) => home.since(started, sight);

/** A failback that fails leaves the application where it is, serving, and nothing is lost. */
const staysAway = ({ refusal, standsStillSeconds = 5, step }: Failing): readonly Expectation[] => [
  must('the recovery Region serves after the fault', served('recovery'), { withinSeconds: 5 }),
  must(`the way home is refused in ${step}`, home.refusedIn(step, refusal), { withinSeconds: 25, after: started }),
  must('people are told', told('primary'), { withinSeconds: 30, after: started }),
  must('the recovery Region goes on serving', served('recovery'), {
    withinSeconds: 5,
    after: noted('restore', 'step-finished'),
  }),
  never('traffic leaves the recovery Region', after(trafficAwayFrom('recovery')), { forSeconds: 5 }),
  never('a write is lost on the way', home.lostGoingHome, { forSeconds: 5 }),
  // The freeze may last for 2 s; a gate that opens again and clients that try again need a little more.
  never(`writes stand still for longer than ${standsStillSeconds} s`, after(home.stoodStill(standsStillSeconds)), {
    forSeconds: 5,
  }),
];

/** Trouble that waits for the way home: it is no fault of the failover before it. */
export const lurking = (fault: Fault): ScenarioStep =>
  people(fault.what, async ({ lab }) => {
    await fault.strike(lab);
  });

interface Failing {
  readonly name: string;
  readonly story: string;
  readonly step: StepId;
  readonly refusal?: Refusal;
  readonly fault?: Fault;
  readonly standsStillSeconds?: number;
  readonly more?: readonly Expectation[];
}

const failing = (failure: Failing): Scenario => {
  const { fault, more = [], name, story } = failure;
  return {
    name,
    story,
    settings: { synchronous: false, change: givesUpSoon },
    steps: [
      ...away,
      ...(fault === undefined ? [] : [lurking(fault)]),
      starts('failback'),
      until(home.ended('failback'), { withinSeconds: 30 }),
      ...(fault === undefined ? [] : [heal(fault)]),
      watch(1.5),
      until(allExecutionsEnded, { withinSeconds: 10 }),
    ],
    expectations: [...staysAway(failure), ...more],
  };
};

const putAside = (command: string) => after(called(command, 'reverse'));

const notPromoted = never('a database is promoted on the way home', after(called('PromoteReadReplica')), {
  forSeconds: 5,
});

export const failbackFails: readonly Scenario[] = [
  failing({
    name: 'failback-fails-at-rest',
    story:
      'The Region at home still runs as if it were in charge, and Understudy may not bring it to rest. Nothing there is ' +
      'touched, and nobody notices that a way home was tried.',
    step: 'rest',
    fault: mayNotRest,
    // Long before anything is frozen.
    standsStillSeconds: 1.5,
    more: [
      never('the old primary is kept or replaced', putAside('CreateDBSnapshot'), { forSeconds: 5 }),
      never('anybody claims the write lease', after(noted('freeze', 'intended')), { forSeconds: 5 }),
    ],
  }),
  failing({
    name: 'failback-fails-at-reverse',
    story:
      'The way home has put the old primary aside, and RDS has no capacity for a replica in its place. The old primary gets ' +
      'its name back, with every row it had.',
    step: 'reverse',
    fault: noReplicaToBeHad,
  }),
  failing({
    name: 'failback-fails-at-freeze',
    story: 'A person halts the application while the replica at home is built: writes are not stopped at all.',
    step: 'freeze',
    refusal: 'halted',
    fault: whenStepBegins('reverse', halted),
  }),
  failing({
    name: 'freeze-too-long',
    story:
      'When writes are to stand still, replication does so as well: the last of them never arrive at home. After the two ' +
      'seconds that the plan allows, writes go on where they were.',
    step: 'final-sync',
    refusal: 'freeze-too-long',
    fault: whenStepBegins('freeze', replicationStalled),
  }),
  failing({
    name: 'comparison-differs',
    story: 'The replica at home shows other rows than the writer. Nothing moves, and writes go on where they were.',
    step: 'compare',
    refusal: 'data-differs',
    fault: whenStepBegins('scale', standbyShowsOtherRows('primary')),
  }),
  failing({
    name: 'failback-fails-at-promote',
    story: 'A backup of the replica at home begins at the moment of its promotion, and RDS refuses to promote it.',
    step: 'promote',
    fault: backupWithoutEnd('primary'),
    // The claim is sealed by then: what ends the freeze is the deadline of the step (8 s here), not its window.
    standsStillSeconds: 12,
  }),
].map((scenario) =>
  scenario.name === 'failback-fails-at-promote'
    ? scenario
    : { ...scenario, expectations: [...scenario.expectations, notPromoted] },
);
