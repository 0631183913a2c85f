import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../lab/checkers/evidence.ts';
import { chainHolds, epochOnlyRises, oneRun, runEnded } from '../../../lab/checkers/journal.ts';
import { chained, goodLines, sampleEvidence } from '../../support/sample-evidence.ts';
import { sampleRun } from '../../support/sample-run.ts';

const run = (epoch: number) => sampleRun({ id: `run-${epoch}`, epoch });
const writtenUnder = (epoch: number) => chained(goodLines.map((line) => ({ ...line, epoch })));

describe('the epoch only rises', () => {
  it.each<[verdict: string, title: string, changes: Partial<Evidence>]>([
    ['passed', 'one run that writes under its own epoch', {}],
    ['passed', 'a run after another', { runs: [run(1), run(3)], entries: writtenUnder(3) }],
    ['passed', 'no run and no journal', { runs: [], entries: [] }],
    ['failed', 'a run under the epoch of the one before', { runs: [run(2), run(2)], entries: writtenUnder(2) }],
    ['failed', 'a run under a lower epoch', { runs: [run(2), run(1)], entries: writtenUnder(1) }],
    ['failed', 'a journal written under an older epoch', { runs: [run(1), run(2)], entries: writtenUnder(1) }],
    ['failed', 'a single line of another epoch', { entries: chained([...goodLines, { afterMs: 999, epoch: 2 }]) }],
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

describe('at most one run', () => {
  it.each([
    ['passed', 0],
    ['passed', 1],
    ['failed', 2],
  ])('is %s for %i', (verdict, count) => {
    const runs = Array.from({ length: count }, (_, index) => run(index + 1));
    expect(oneRun(sampleEvidence({ runs })).verdict).toBe(verdict);
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
