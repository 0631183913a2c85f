import type { Check } from '../../../shared/report/game-day-report.ts';
import { type Finding, failed } from '../../checkers/finding.ts';
import type { DayHistory } from '../history.ts';
import * as calls from './calls.ts';
import { consumersFollow } from './consumers.ts';
import * as effects from './effects.ts';
import * as loss from './loss.ts';
import * as runs from './runs.ts';
import * as traffic from './traffic.ts';
import * as writers from './writers.ts';

type Checker = (history: DayHistory) => Finding;

const modelIsSound: Checker = ({ calls, troubles }) => {
  const missing = calls
    .filter(({ errorName }) => errorName === 'UnknownSimulatedOperation')
    .map(({ caller, command, service }) => `${service} ${command} of ${caller} is not simulated so`);
  const all = [...troubles, ...new Set(missing)];
  return all.length === 0
    ? { verdict: 'passed', why: 'the model had no trouble of its own' }
    : failed(`the model itself failed, so the day proves nothing: ${all.join('; ')}`);
};

/** The invariants of the day, from its history and journals alone; they never ask the code what it thinks. */
const checkers: readonly (readonly [id: string, title: string, checker: Checker])[] = [
  ['model', 'The model is sound', modelIsSound],
  ['I1', 'Never two writers', writers.neverTwoWriters],
  ['I1 lease', 'The write lease was outwaited', writers.leaseOutwaited],
  ['I2', 'The epoch only rises', writers.epochOnlyRises],
  ['I3', 'Traffic only points at the writer', traffic.pointsAtTheWriter],
  ['I3 charge', 'Who is in charge has the data', runs.chargeFollowsTheData],
  ['I4', 'DNS never has zero targets', traffic.neverWithoutTarget],
  ['I5', 'No promotion beyond the RPO', loss.promotedWithinRpo],
  ['I5 planned', 'A planned run loses nothing', loss.plannedLosesNothing],
  ['I5 end', 'No acknowledged write is lost but by a failover', loss.nothingElseIsLost],
  ['I6', 'Each effect at most once', effects.eachEffectOnce],
  ['I7', 'Every run comes to an end', runs.everyEndReached],
  ['I8', 'Restore leaves the state before', effects.restored],
  ['I9', 'Nothing critical calls the Region being left', calls.independent],
  ['I10', 'At most one run', runs.oneRunAtATime],
  ['I11', 'No second automatic run in the cool-down', runs.coolDownKept],
  ['I12', 'Rest once all is healed', runs.cameToRest],
  ['I13', 'The journals are whole', runs.journalIsWhole],
  ['I14', 'No data is deleted', calls.nothingDeleted],
  ['I15', 'Success only after a real write', calls.verifiedByAWrite],
  ['F3', 'Work is handed out where the data is', consumersFollow],
  ['G1', 'A dry run changes nothing', runs.dryRunsChangeNothing],
];

export function judgeDay(history: DayHistory): readonly Check[] {
  return checkers.map(([id, title, checker]) => ({ id, title, ...checker(history) }));
}
