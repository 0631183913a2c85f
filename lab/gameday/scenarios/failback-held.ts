import type { StepId } from '../../../shared/domain/phase.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { type Expectation, must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import {
  allExecutionsEnded,
  called,
  earlier,
  happened,
  noted,
  served,
  told,
  trafficAwayFrom,
} from '../../checkers/sights.ts';
import type { Fault } from '../faults/fault.ts';
import { mayNotFlip, whenStepBegins } from '../faults/planned.ts';
import { badDeploy } from '../faults/services.ts';
import { lurking } from './failback-fails.ts';
import { says } from './people.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { heal, until, watch } from './steps.ts';
import { away } from './there-and-back.ts';

const started = happened('people', 'an operator starts a failback');
const decided = happened('people', 'a person says resume');
/** The failover before it asks nobody. */
const held = noted('hold', 'asked');
const heard = noted('hold', 'answered');

/** Behind the promotion there is no way back: the run is held until a person lets it go on, and then it comes home. */
const goesOnWhenTold = (step: StepId): readonly Expectation[] => [
  must('the recovery Region serves after the fault', served('recovery'), { withinSeconds: 5 }),
  must(`the way home is refused in ${step}`, home.refusedIn(step), { withinSeconds: 60, after: started }),
  must('the run is held, and a person is asked', held, { withinSeconds: 60, after: started }),
  must('people are told', told('primary'), { withinSeconds: 60, after: started }),
  must('the decision is in the journal', heard, { withinSeconds: 2, after: decided }),
  never('traffic moves before the decision', earlier(home.since(started, trafficAwayFrom('recovery')), decided), {
    forSeconds: 5,
  }),
  never('the database is promoted once more', home.since(held, called('PromoteReadReplica')), { forSeconds: 5 }),
  never(
    'what was promoted is rebuilt by the way home',
    home.since(held, home.calledIn('primary', 'ModifyDBInstance')),
    {
      forSeconds: 5,
    },
  ),
  must('the primary Region serves once the run goes on', served('primary'), { withinSeconds: 5, after: decided }),
  must('the application has moved', home.moved('failback'), { withinSeconds: 90, after: started }),
  must('the application is protected again', home.standbyAt('recovery'), { withinSeconds: 60, after: decided }),
  never('a write is lost on the way', home.lostGoingHome, { forSeconds: 5 }),
];

/** A step gives up soon enough for a scenario, and yet not while a replica is built on a machine that does other things as well. */
const takesItsTime = (plan: Plan): Plan => ({
  ...plan,
  detection: {
    ...plan.detection,
    // Writes stand still until a person decides, and no failover is to end that.
    signals: plan.detection.signals.map((signal) =>
      signal.kind === 'replication' && signal.watches === 'recovery' ? { ...signal, windowSeconds: 60 } : signal,
    ),
  },
  pace: { ...plan.pace, pollSeconds: 0.05, stepDeadlineSeconds: 20 },
});

interface Holding {
  readonly name: string;
  readonly story: string;
  readonly step: StepId;
  readonly fault: Fault;
}

const holding = ({ fault, name, step, story }: Holding): Scenario => ({
  name,
  story,
  settings: { synchronous: false, change: takesItsTime },
  steps: [
    ...away,
    lurking(fault),
    starts('failback'),
    until(held, { withinSeconds: 60 }),
    heal(fault),
    says({ type: 'resume' }),
    until(home.ended('failback'), { withinSeconds: 20 }),
    until(home.ended('reprotect'), { withinSeconds: 30 }),
    until(allExecutionsEnded, { withinSeconds: 15 }),
    watch(1),
  ],
  expectations: goesOnWhenTold(step),
});

export const failbackHeld: readonly Scenario[] = [
  holding({
    name: 'failback-fails-at-verify',
    story:
      'The database at home is the writer already when its orders turn out to answer 500. No client is sent there; the run is ' +
      'held until somebody has mended that and lets it go on.',
    step: 'verify',
    fault: whenStepBegins('promote', badDeploy('primary')),
  }),
  holding({
    name: 'failback-fails-at-flip-dns',
    story:
      'The database at home is the writer and works, but Understudy may not change the records. The run is held until somebody ' +
      'has allowed that and lets it go on.',
    step: 'flip-dns',
    fault: mayNotFlip,
  }),
];
