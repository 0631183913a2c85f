import { describe, expect, it } from 'vitest';
import { neverTwoWriters, promotedWithinRpo, verifiedBeforeTraffic } from '../../../lab/checkers/data.ts';
import type { Evidence } from '../../../lab/checkers/evidence.ts';
import { chained, flip, goodLines, lostAt, promotion, sampleEvidence } from '../../support/sample-evidence.ts';

describe('never two writers', () => {
  it.each([
    ['passed', 0],
    ['failed', 0.2],
    ['failed', 300],
  ] as const)('is %s for an overlap of %d ms', (verdict, overlapMs) => {
    const { writers } = sampleEvidence();
    expect(neverTwoWriters(sampleEvidence({ writers: { ...writers, overlapMs } })).verdict).toBe(verdict);
  });
});

describe('no promotion beyond the RPO', () => {
  const sample = (afterMs: number, lagSeconds: number) => ({ at: lostAt + afterMs, lagSeconds });

  it.each<[verdict: string, title: string, changes: Partial<Evidence>]>([
    ['passed', 'little lag and little loss', {}],
    ['passed', 'a lag of exactly the RPO', { lag: [sample(-1, 1)] }],
    ['passed', 'a loss of exactly the RPO', { rpoSeconds: 1 }],
    ['passed', 'lag that grew only after the loss', { lag: [sample(-1, 0), sample(1, 60)] }],
    ['passed', 'lag that was caught up before the loss', { lag: [sample(-900, 60), sample(-1, 0)] }],
    ['failed', 'lag above the RPO before the loss', { lag: [sample(-900, 0), sample(-1, 1.1)] }],
    ['failed', 'a standby that did not replicate before the loss', { lag: [sample(-900, 0), sample(-1, -1)] }],
    ['failed', 'more really lost than the RPO', { rpoSeconds: 1.001 }],
    ['unknown', 'no lag measured before the loss', { lag: [sample(1, 0)] }],
    ['unknown', 'no lag measured at all', { lag: [] }],
  ])('is %s for %s', (verdict, _title, changes) => {
    expect(promotedWithinRpo(sampleEvidence(changes)).verdict).toBe(verdict);
  });

  it('is passed when nothing was promoted, whatever the lag', () => {
    const calls = [{ ...promotion, applied: false }, flip];
    expect(promotedWithinRpo(sampleEvidence({ calls, lag: [sample(-1, 60)] })).verdict).toBe('passed');
  });
});

describe('success only after a real write', () => {
  const without = (step: string) => chained(goodLines.filter((line) => line.step !== step));

  it.each<[verdict: string, title: string, changes: Partial<Evidence>]>([
    ['passed', 'traffic that moved after the verification', {}],
    ['passed', 'traffic that never moved', { calls: [], verificationRows: [] }],
    ['passed', 'a change of records that took no effect', { calls: [{ ...flip, applied: false }], entries: [] }],
    ['failed', 'traffic that moved without verification', { entries: without('verify') }],
    ['failed', 'traffic that moved before the verification', { calls: [{ ...flip, at: lostAt + 650 }] }],
    [
      'failed',
      'traffic that moved although the verification refused',
      {
        entries: chained(
          goodLines.map((line) => (line.afterMs === 700 ? { ...line, refusal: 'deadline-passed' } : line)),
        ),
      },
    ],
    ['failed', 'a verification whose record no database holds', { verificationRows: [] }],
  ])('is %s for %s', (verdict, _title, changes) => {
    expect(verifiedBeforeTraffic(sampleEvidence(changes)).verdict).toBe(verdict);
  });
});
