import { firstBreak } from '../../shared/coordination/hash-chain.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Run } from '../../shared/domain/run.ts';
import { closedAt, type Evidence, type ExecutionSeen, journalsOf, type RunSeen, runsSeen } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

/** Also: a run that was taken over has done nothing any more, whatever it still wrote. */
export function epochOnlyRises(evidence: Evidence): Finding {
  const { runs } = evidence;
  const epochs = runs.map(({ epoch }) => epoch);
  const falling = epochs.find((epoch, index) => index > 0 && epoch <= (epochs[index - 1] ?? 0));
  if (falling !== undefined) return failed(`epoch ${falling} does not follow from ${epochs.join(', ')}`);
  if (runs.length === 0 && evidence.entries.length > 0) return failed('a journal was written without a run');
  for (const { entries, run } of runsSeen(evidence)) {
    const foreign = entries.find((entry) => entry.epoch !== run.epoch && !isUndoneByLater(entry, run, runs));
    if (foreign !== undefined) return failed(`entry ${foreign.sequence} was written under epoch ${foreign.epoch}`);
  }
  return evidence.earlier.map((one) => actedLate(one, evidence)).find(Boolean) ?? passed(`epochs ${listed(epochs)}`);
}

/** A run that takes over answers for the one before: that it has undone something stands where that was intended. */
const isUndoneByLater = ({ epoch, event }: JournalEntry, run: Run, runs: readonly Run[]): boolean =>
  event === 'undone' && epoch > run.epoch && runs.some((later) => later.epoch === epoch);

const listed = (epochs: readonly number[]): string => epochs.join(', ') || 'none';

/** The newer run's opening is the moment from which on the older one may not act. */
function actedLate({ entries, run }: RunSeen, { runs }: Evidence): Finding | undefined {
  const next = runs.find(({ epoch }) => epoch > run.epoch);
  const late = entries.find(({ at, event }) => event === 'acted' && next !== undefined && at > next.openedAt);
  if (late === undefined) return undefined;
  return failed(`${run.id} acted under epoch ${run.epoch} after ${next?.id} had been opened: ${late.why}`);
}

/** An alarm of the Region being left, about the other one, may still ask what it cannot reach: nobody waits for that. */
const isCutOff = ({ name, place }: ExecutionSeen, { runs }: Evidence): boolean =>
  place !== undefined && place === runs.at(-1)?.from.place && runs.every(({ id }) => id !== name);

/** FAILED is an end of its own: that of a run which was refused and has restored what it did. */
const cutOff = new Set(['ABORTED', 'TIMED_OUT']);

export function runEnded(evidence: Evidence): Finding {
  const { executionStatus, executions, notDue, runs } = evidence;
  const hanging = executions.find(
    (one) =>
      one.status === 'RUNNING' && !one.isOrphaned && !isTakenOver(one.name, evidence) && !isCutOff(one, evidence),
  );
  if (runs.length === 0 && hanging !== undefined) return failed(`the execution ${hanging.name} is still running`);
  if (runs.length === 0) return notDue === undefined ? failed('no run was opened') : passed('no run was opened');
  if (executionStatus === undefined || executionStatus === 'RUNNING') return failed('the execution is still running');
  if (cutOff.has(executionStatus)) return failed(`the execution did not end by itself: ${executionStatus}`);
  if (hanging !== undefined) return failed(`the execution ${hanging.name} is still running`);
  const open = runsSeen(evidence).find((one) => closedAt(one) === undefined && !isTakenOver(one.run.id, evidence));
  if (open !== undefined) return failed(`the execution ${executionStatus}, but the run ${open.run.id} is open`);
  const ends = runsSeen(evidence).flatMap((one) => one.entries.find(({ event }) => event === 'run-closed')?.why ?? []);
  return passed(ends.join('; '));
}

/** Whoever runs it may be dead: that another run has taken over is its end. */
const isTakenOver = (name: string, { runs }: Evidence): boolean => runs.some(({ takesOver }) => takesOver === name);

/** One at a time: each run has either taken over the one before, or was opened after that one had been closed. */
export function oneRun(evidence: Evidence): Finding {
  const { runs } = evidence;
  const journals = journalsOf(evidence);
  for (const [index, { id, openedAt, takesOver }] of runs.entries()) {
    const before = runs[index - 1];
    if (before === undefined || takesOver === before.id) continue;
    const closed = journals[index - 1]?.find(({ event }) => event === 'run-closed');
    if (closed === undefined || closed.at > openedAt) return failed(`${id} was opened while ${before.id} was active`);
  }
  return passed(runs.length === 0 ? 'no run was opened' : runs.map(told).join(', then '));
}

const told = ({ id, takesOver }: Evidence['runs'][number]): string =>
  takesOver === undefined ? id : `${id}, which took over`;

export function chainHolds(evidence: Evidence): Finding {
  if (evidence.runs.length === 0 && evidence.notDue !== undefined) return passed('no run was opened, so there is none');
  const journals = journalsOf(evidence);
  if (journals.some((entries) => entries.length === 0)) return unknown('there is no journal');
  const broken = journals.map(firstBreak).find((one) => one !== undefined);
  const length = journals.reduce((sum, entries) => sum + entries.length, 0);
  return broken === undefined ? passed(`${length} entries, chained without a gap`) : failed(broken.why);
}
