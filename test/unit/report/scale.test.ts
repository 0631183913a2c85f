import { expect, test } from 'vitest';
import { bucketsIn } from '../../../shared/report/html/buckets.ts';
import { linear, niceMaximum, ticks, windowOf } from '../../../shared/report/html/scale.ts';
import { reportSpans } from '../../../shared/report/timeline.ts';
import { lostAt, sample, startedAt } from './sample.ts';

test.each([
  [{ from: 0, to: 1000 }, 4, [0, 500, 1000]],
  [{ from: -0.6, to: 2.5 }, 8, [-0.5, 0, 0.5, 1, 1.5, 2, 2.5]],
  [{ from: 0, to: 1 }, 4, [0, 0.5, 1]],
  [{ from: 0, to: 0 }, 4, [0]],
])('Ticks on %j, about %i of them, are round.', (axis, wanted, expected) => {
  expect(ticks(axis, wanted)).toEqual(expected);
});

test.each([
  [0, 1],
  [0.3, 0.3],
  [520, 600],
  [940, 1000],
  [1000, 1000],
])('An axis that must reach %s ends at %s.', (value, expected) => {
  expect(niceMaximum(value, 4)).toBe(expected);
});

test('A scale maps the ends to the ends, also when there is no width.', () => {
  const scale = linear({ from: 10, to: 20 }, { from: 100, to: 0 });
  expect([scale(10), scale(15), scale(20)]).toEqual([100, 50, 0]);
  expect(linear({ from: 5, to: 5 }, { from: 7, to: 9 })(5)).toBe(7);
});

test('The window reaches from before the loss to beyond the last step.', () => {
  const { startAt, endAt } = windowOf(sample, reportSpans(sample));
  expect(startAt).toBe(lostAt - 1910 / 3);
  expect(endAt).toBe(lostAt + 1910 + 1910 / 3);
});

test('Without a first write the window shows all that followed.', () => {
  const unrecovered = { ...sample, measured: { ...sample.measured, rtoSeconds: null } };
  expect(windowOf(unrecovered, reportSpans(unrecovered)).endAt).toBe(startedAt + 10_000);
});

test('Buckets become rates per second, and merging them keeps their sum.', () => {
  const series = {
    startedAt: 0,
    bucketMs: 500,
    acknowledged: { 'eu-west-1': [1, 3], 'eu-central-1': [0, 0, 4] },
    failed: [2],
  };
  const window = { startAt: 0, endAt: 1500 };
  const fine = bucketsIn({ ...sample, series }, window, 10);
  expect(fine.map((bucket) => [bucket.lostPerSecond, bucket.recoveredPerSecond, bucket.failedPerSecond])).toEqual([
    [2, 0, 4],
    [6, 0, 0],
    [0, 8, 0],
  ]);
  expect(bucketsIn({ ...sample, series }, window, 2)).toEqual([
    { startAt: 0, endAt: 1000, lostPerSecond: 4, recoveredPerSecond: 0, failedPerSecond: 2 },
    { startAt: 1000, endAt: 1500, lostPerSecond: 0, recoveredPerSecond: 8, failedPerSecond: 0 },
  ]);
});
