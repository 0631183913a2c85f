import type { Check } from '../../shared/report/game-day-report.ts';
import * as calls from './calls.ts';
import * as data from './data.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import * as journal from './journal.ts';
import * as traffic from './traffic.ts';

type Checker = (evidence: Evidence) => Finding;

/** The invariants that this kind of evidence can decide. They read history, never the code's opinion. */
const checkers: readonly (readonly [id: string, title: string, checker: Checker])[] = [
  ['I1', 'Never two writers', data.neverTwoWriters],
  ['I1 lease', 'The write lease was outwaited', data.leaseOutwaited],
  ['I2', 'The epoch only rises', journal.epochOnlyRises],
  ['I3', 'Traffic only points at the writer', traffic.pointsAtTheWriter],
  ['I4', 'DNS never has zero targets', traffic.neverWithoutTarget],
  ['I5', 'No promotion beyond the RPO', data.promotedWithinRpo],
  ['I6', 'Each effect at most once', calls.eachEffectOnce],
  ['I7', 'The run ended by itself', journal.runEnded],
  ['I9', 'Nothing critical calls the lost Region', calls.independentOfTheLostRegion],
  ['I10', 'At most one active run', journal.oneRun],
  ['I13', 'The journal is whole', journal.chainHolds],
  ['I15', 'Success only after a real write', data.verifiedBeforeTraffic],
];

export function judge(evidence: Evidence): readonly Check[] {
  return checkers.map(([id, title, checker]) => ({ id, title, ...checker(evidence) }));
}
