import { expect, it } from 'vitest';
import { judge } from '../../../lab/checkers/invariants.ts';
import { sampleEvidence } from '../../support/sample-evidence.ts';

const verdicts = (checks: ReturnType<typeof judge>) => checks.map(({ id, verdict }) => `${id} ${verdict}`);

it('a good game day passes every invariant, each under its own id with a reason', () => {
  const checks = judge(sampleEvidence());
  expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(checks.filter(({ why }) => why === '')).toEqual([]);
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});

it('a game day in which nothing was seen and nothing happened does not pass', () => {
  const nothing = { runs: [], entries: [], executionStatus: undefined, calls: [], dnsAnswers: [], lag: [] };
  expect(verdicts(judge(sampleEvidence(nothing)))).toEqual(
    expect.arrayContaining(['I3 unknown', 'I4 unknown', 'I7 failed', 'I13 unknown']),
  );
});

it.each([
  ['I1', { writers: { ...sampleEvidence().writers, overlapMs: 5 } }],
  ['I5', { rpoSeconds: 2 }],
  ['I7', { executionStatus: 'RUNNING' }],
  ['I15', { verificationRows: [] }],
] as const)('what violates %s fails it and no other', (id, changes) => {
  const failed = judge(sampleEvidence(changes)).filter(({ verdict }) => verdict !== 'passed');
  expect(failed.map((check) => check.id)).toEqual([id]);
});
