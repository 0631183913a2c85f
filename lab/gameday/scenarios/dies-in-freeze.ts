import { must, never } from '../../checkers/expectations.ts';
import * as home from '../../checkers/home-sights.ts';
import {
  acknowledgedWriteLost,
  earlier,
  happened,
  noted,
  promotion,
  runTookOver,
  served,
  trafficAwayFrom,
} from '../../checkers/sights.ts';
import { orchestratorDiesIn } from '../faults/orchestrators.ts';
import { starts } from './planned.ts';
import type { Scenario } from './scenario.ts';
import { calm, strike, until, watch } from './steps.ts';

const started = happened('people', 'an operator starts a switchover');
const frozen = noted('freeze', 'step-finished');
/** As plans/lab.plan.yml says; the gate opens and clients try again a little later. */
const windowSeconds = 5;

export const diesInFreeze: Scenario = {
  name: 'orchestrator-dies-in-freeze',
  story:
    'An operator moves the application as planned, and the process that runs the move is killed with SIGKILL while no order is ' +
    'taken. Its guard lets writes go on when the window is over, before anybody has noticed.',
  notDue: 'Nothing had failed: the move was planned.',
  settings: { synchronous: false, orchestrators: 2 },
  steps: [
    calm(4),
    strike(orchestratorDiesIn('final-sync')),
    starts('switchover'),
    until(frozen, { withinSeconds: 20 }),
    until(runTookOver, { withinSeconds: 30 }),
    until(noted('restore', 'run-closed'), { withinSeconds: 20 }),
    watch(1.5),
  ],
  expectations: [
    must('writes are frozen', frozen, { withinSeconds: 30 }),
    must('writes go on in the primary Region within the window', served('primary'), {
      withinSeconds: windowSeconds + 1.5,
      after: frozen,
    }),
    must('another run takes over, and stops', noted('restore', 'run-closed'), { withinSeconds: 60, after: started }),
    must('the writes went on before that', earlier(home.since(frozen, served('primary')), runTookOver), {
      withinSeconds: 60,
    }),
    never(`writes stand still for longer than ${windowSeconds + 2} s`, home.stoodStill(windowSeconds + 2), {
      forSeconds: 5,
    }),
    never('a database is promoted', promotion, { forSeconds: 5 }),
    never('traffic leaves the primary Region', trafficAwayFrom('primary'), { forSeconds: 5 }),
    never('an acknowledged write is lost', acknowledgedWriteLost, { forSeconds: 5 }),
  ],
};
