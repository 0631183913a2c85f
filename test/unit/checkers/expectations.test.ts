import { describe, expect, it } from 'vitest';
import { judgeExpectations, must, never, type Sight } from '../../../lab/checkers/expectations.ts';
import { lostAt, scenarioEvidence } from '../../support/sample-evidence.ts';
import { sampleRun } from '../../support/sample-run.ts';

/** At this moment, for whoever looks from an earlier one on. */
const seenAfter =
  (ms: number): Sight =>
  (evidence) =>
    evidence.lostAt > lostAt + ms ? undefined : { at: lostAt + ms, why: 'there it was' };
const unseen: Sight = () => undefined;

describe('what must be seen', () => {
  it.each<[verdict: string, title: string, sight: Sight, after?: Sight]>([
    ['passed', 'in time', seenAfter(1999)],
    ['passed', 'at the last moment', seenAfter(2000)],
    ['failed', 'too late', seenAfter(2001)],
    ['failed', 'not at all', unseen],
    ['passed', 'in time after what it follows', seenAfter(4000), seenAfter(2500)],
    ['failed', 'too late after what it follows', seenAfter(4000), seenAfter(1500)],
    ['failed', 'before what it was to follow', seenAfter(1000), seenAfter(1500)],
    ['failed', 'after something that never came', seenAfter(1000), unseen],
  ])('is %s when it was seen %s', (verdict, _title, sight, after) => {
    const deadline = { withinSeconds: 2, ...(after === undefined ? {} : { after }) };
    expect(must('it happens', sight, deadline).judge(scenarioEvidence()).verdict).toBe(verdict);
  });
});

describe('what must never be seen', () => {
  const watchedFor = (seconds: number) => scenarioEvidence({ endedAt: lostAt + seconds * 1000 });

  it.each<[verdict: string, title: string, sight: Sight, seconds: number]>([
    ['passed', 'not seen, and was watched for long enough', unseen, 3],
    ['unknown', 'not seen, but nobody watched for so long', unseen, 2.9],
    ['failed', 'seen', seenAfter(10), 3],
    ['failed', 'seen before the watch was over', seenAfter(10), 1],
  ])('is %s when it was %s', (verdict, _title, sight, seconds) => {
    expect(never('it happens', sight, { forSeconds: 3 }).judge(watchedFor(seconds)).verdict).toBe(verdict);
  });
});

it.each([
  ['passed', lostAt],
  ['failed', lostAt - 1],
])('every scenario forbids a run before the fault: %s', (verdict, openedAt) => {
  const [check] = judgeExpectations([], scenarioEvidence({ runs: [sampleRun({ openedAt })] }));
  expect(check).toMatchObject({ id: 'never', verdict });
});
