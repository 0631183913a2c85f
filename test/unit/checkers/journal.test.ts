import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../lab/checkers/evidence.ts';
import { chainHolds, epochOnlyRises, oneRun, runEnded } from '../../../lab/checkers/journal.ts';
import type { JournalEntry } from '../../../shared/domain/journal.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { chained, goodLines, type Line, lostAt, sampleEvidence } from '../../support/sample-evidence.ts';
import { sampleRun } from '../../support/sample-run.ts';

const run = (epoch: number) => sampleRun({ id: `run-${epoch}`, epoch });
const writtenUnder = (epoch: number) => chained(goodLines.map((line) => ({ ...line, epoch })));

/** Of two runs, the first of which has a line that was written under the epoch of the second. */
const takenOver = (event: JournalEntry['event']): Partial<Evidence> => ({
  runs: [run(1), { ...run(2), openedAt: lostAt + 60_000 }],
  earlier: [{ run: run(1), entries: chained([...goodLines, { afterMs: 999, epoch: 2, event }]) }],
  entries: writtenUnder(2),
});

describe('the epoch only rises', () => {
  it.each<[verdict: string, title: string, changes: Partial<Evidence>]>([
    ['passed', 'one run that writes under its own epoch', {}],
    ['passed', 'a run after another', { runs: [run(1), run(3)], entries: writtenUnder(3) }],
    ['passed', 'no run and no journal', { runs: [], entries: [] }],
    ['failed', 'a run under the epoch of the one before', { runs: [run(2), run(2)], entries: writtenUnder(2) }],
    ['failed', 'a run under a lower epoch', { runs: [run(2), run(1)], entries: writtenUnder(1) }],
    ['failed', 'a journal written under an older epoch', { runs: [run(1), run(2)], entries: writtenUnder(1) }],
    ['failed', 'a single line of another epoch', { entries: chained([...goodLines, { afterMs: 999, epoch: 2 }]) }],
    ['passed', 'what was undone by the run that took over', takenOver('undone')],
    ['failed', 'what a later run did in the journal of another one', takenOver('acted')],
    ['failed', 'a journal without a run', { runs: [] }],
  ])('is %s for %s', (verdict, _title, changes) => {
    expect(epochOnlyRises(sampleEvidence(changes)).verdict).toBe(verdict);
  });
});

describe('the run ended by itself', () => {
  const neverClosed = chained(goodLines.filter(({ event }) => event !== 'run-closed'));

  it.each<[verdict: string, title: string, changes: Partial<Evidence>]>([
    ['passed', 'a run that recovered', {}],
    ['passed', 'a run that was refused, restored and closed', { executionStatus: 'FAILED' }],
    ['failed', 'no run', { runs: [] }],
    ['failed', 'an execution that still runs', { executionStatus: 'RUNNING' }],
    ['failed', 'an execution that nobody knows', { executionStatus: undefined }],
    ['failed', 'an execution that ran out of time', { executionStatus: 'TIMED_OUT' }],
    ['failed', 'an execution that was stopped from outside', { executionStatus: 'ABORTED' }],
    ['failed', 'an execution that ended and left its run open', { entries: neverClosed }],
  ])('is %s for %s', (verdict, _title, changes) => {
    expect(runEnded(sampleEvidence(changes)).verdict).toBe(verdict);
  });
});

/** Two runs: what the first one wrote, and how the second one came to be. */
const two = (first: readonly Line[], second: Partial<Run>, changes: Partial<Evidence> = {}): Evidence =>
  sampleEvidence({
    runs: [run(1), { ...run(2), openedAt: lostAt + 2000, ...second }],
    earlier: [{ run: run(1), entries: chained(first) }],
    entries: writtenUnder(2),
    ...changes,
  });
const unclosed = goodLines.filter(({ event }) => event !== 'run-closed');

describe('at most one active run', () => {
  it.each<[verdict: string, title: string, evidence: Evidence]>([
    ['passed', 'none', sampleEvidence({ runs: [] })],
    ['passed', 'one', sampleEvidence({})],
    ['passed', 'one after the other was closed', two(goodLines, {})],
    ['passed', 'one that took over from another', two(unclosed, { takesOver: 'run-1' })],
    ['failed', 'one beside another', two(unclosed, {})],
    ['failed', 'one before another was closed', two(goodLines, { openedAt: lostAt + 800 })],
    ['failed', 'one that took over from somebody else', two(unclosed, { takesOver: 'run-0' })],
  ])('is %s for %s', (verdict, _title, evidence) => {
    expect(oneRun(evidence).verdict).toBe(verdict);
  });
});

describe('a run that was taken over', () => {
  const takesOver = 'run-1';
  const late: Line = { afterMs: 2100, step: 'flip-dns', event: 'acted', why: 'pointed', epoch: 1 };

  it('may still write lines, but not that it acted', () => {
    expect(epochOnlyRises(two([...unclosed, { ...late, event: 'rejected' }], { takesOver })).verdict).toBe('passed');
    expect(epochOnlyRises(two([...unclosed, late], { takesOver })).verdict).toBe('failed');
  });

  it('need not end, because whoever ran it may be dead; any other must', () => {
    const executions = [
      { name: 'run-1', status: 'RUNNING', isOrphaned: false },
      { name: 'run-2', status: 'SUCCEEDED', isOrphaned: false },
    ];
    expect(runEnded(two(unclosed, { takesOver }, { executions })).verdict).toBe('passed');
    expect(runEnded(two(unclosed, {}, { executions })).verdict).toBe('failed');
  });

  it('nor need one whose process was killed', () => {
    const orphan = { name: 'run-1', status: 'RUNNING', isOrphaned: true };
    expect(runEnded(sampleEvidence({ executions: [orphan] })).verdict).toBe('passed');
    expect(runEnded(sampleEvidence({ executions: [{ ...orphan, isOrphaned: false }] })).verdict).toBe('failed');
  });

  it('keeps a journal of its own, which must be whole as well', () => {
    expect(chainHolds(two(unclosed, { takesOver })).verdict).toBe('passed');
    const earlier = [{ run: run(1), entries: chained(unclosed).slice(1) }];
    expect(chainHolds(two(unclosed, { takesOver }, { earlier })).verdict).toBe('failed');
  });
});

describe('where no failover was due', () => {
  const none = { runs: [], entries: [], executionStatus: undefined, notDue: 'the primary served' } as const;
  const refused = { name: 'a', status: 'FAILED', isOrphaned: false };

  it('no run and no journal are as they should be', () => {
    expect(runEnded(sampleEvidence({ ...none, executions: [refused] })).verdict).toBe('passed');
    expect(chainHolds(sampleEvidence(none)).verdict).toBe('passed');
  });

  it('an execution that hangs is not', () => {
    const executions = [refused, { name: 'b', status: 'RUNNING', isOrphaned: false }];
    expect(runEnded(sampleEvidence({ ...none, executions })).verdict).toBe('failed');
  });
});

describe('the journal is whole', () => {
  const whole = chained(goodLines);

  it.each<[verdict: string, title: string, entries: Evidence['entries']]>([
    ['passed', 'a chain from its first line', whole],
    ['unknown', 'no journal', []],
    ['failed', 'a line that was taken out', whole.toSpliced(3, 1)],
    ['failed', 'a first line that was taken out', whole.slice(1)],
    ['failed', 'a line that was changed', whole.map((one) => (one.sequence === 4 ? { ...one, why: 'never' } : one))],
    ['failed', 'lines of two chains', [...whole.slice(0, 2), ...chained(goodLines.toReversed()).slice(2)]],
  ])('is %s for %s', (verdict, _title, entries) => {
    expect(chainHolds(sampleEvidence({ entries })).verdict).toBe(verdict);
  });
});
