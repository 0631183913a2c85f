import { describe, expect, test } from 'vitest';
import { GameDayReport, headline, regionsOf, shortfalls, verdictOf } from '../../../shared/report/game-day-report.ts';
import { checks, sample } from './sample.ts';

const { measured, notDue, objectives } = sample;
const check = (verdict: 'passed' | 'failed' | 'unknown') => [{ id: 'I1', title: '', verdict, why: 'so it was seen' }];

describe('verdictOf', () => {
  const table = [
    { title: 'All met and all passed', verdict: 'passed', evidence: { notDue, objectives, measured, checks } },
    { title: 'An RTO equal to its objective', verdict: 'passed', evidence: rto(objectives.rtoSeconds) },
    { title: 'An RTO above its objective', verdict: 'failed', evidence: rto(objectives.rtoSeconds + 0.001) },
    { title: 'An RTO that was not measured', verdict: 'failed', evidence: rto(null) },
    { title: 'An RPO above its objective', verdict: 'failed', evidence: rpo(objectives.rpoSeconds + 0.001) },
    { title: 'An RPO that was not measured', verdict: 'failed', evidence: rpo(null) },
    { title: 'A failed check', verdict: 'failed', evidence: { notDue, objectives, measured, checks: check('failed') } },
    {
      title: 'An undecided check',
      verdict: 'failed',
      evidence: { notDue, objectives, measured, checks: check('unknown') },
    },
  ] as const;

  test.each(table)('$title means $verdict', ({ verdict, evidence }) => {
    expect(verdictOf(evidence)).toBe(verdict);
    expect(shortfalls(evidence)).toHaveLength(verdict === 'passed' ? 0 : 1);
  });

  test.each(table.filter(({ verdict }) => verdict === 'failed'))(
    '$title cannot be reported as passed.',
    ({ evidence }) => {
      expect(GameDayReport.safeParse({ ...sample, ...evidence, verdict: 'passed' }).success).toBe(false);
      expect(GameDayReport.safeParse({ ...sample, ...evidence, verdict: 'failed' }).success).toBe(true);
    },
  );
});

function rto(rtoSeconds: number | null) {
  return { notDue, objectives, checks, measured: { ...measured, rtoSeconds } };
}

function rpo(rpoSeconds: number | null) {
  return { notDue, objectives, checks, measured: { ...measured, rpoSeconds } };
}

test('Where no failover was due, no objective can be missed, and checks still can.', () => {
  const notDue = 'The primary Region served all the time.';
  expect(shortfalls({ ...rto(null), notDue })).toEqual([]);
  expect(shortfalls({ ...rpo(objectives.rpoSeconds + 1), notDue })).toEqual([]);
  expect(verdictOf({ notDue, objectives, measured, checks: check('failed') })).toBe('failed');
});

test('A report survives being written as JSON and read again.', () => {
  expect(GameDayReport.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample);
});

test.each([
  [0, 'No acknowledged write was lost.'],
  [1, '1 acknowledged write was lost.'],
  [1200, '1,200 acknowledged writes were lost.'],
  [null, 'Lost writes could not be counted.'],
])('With %s writes lost the headline says: %s', (acknowledgedWritesLost, sentence) => {
  expect(headline({ notDue, measured: { ...measured, acknowledgedWritesLost } })).toEqual([
    'Recovered in 1.487 s.',
    sentence,
  ]);
});

test('The run says which Region was lost; without one, the Region that wrote first.', () => {
  expect(regionsOf(sample)).toEqual({ lost: 'eu-west-1', recovered: 'eu-central-1' });
  const back = { ...sample, run: { id: '', epoch: 8, from: 'b', to: 'a', trigger: 'manual', reason: '' } as const };
  expect(regionsOf(back)).toEqual({ lost: 'b', recovered: 'a' });
  expect(regionsOf({ ...sample, run: null })).toEqual({ lost: 'eu-west-1', recovered: 'eu-central-1' });
});
