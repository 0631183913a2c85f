import { describe, expect, test } from 'vitest';
import { isInParallel, phaseDurations, reportSpans, stepSpans, timeline } from '../../../shared/report/timeline.ts';
import { entries, journal, lostAt, marks, sample } from './sample.ts';

describe('timeline', () => {
  test('Journal and marks are merged in the order of time.', () => {
    const lines = timeline(entries, marks);
    expect(lines).toHaveLength(entries.length + marks.length);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
    expect(lines[0]).toEqual({
      at: '2026-11-21T09:30:00.000Z',
      step: 'lab',
      event: 'load began',
      why: '40 clients send 800 orders a second to eu-west-1',
    });
  });

  test('At the same instant a mark comes first and the journal keeps its own order.', () => {
    const same = journal([
      [0, 'scale', 'intended', 'b'],
      [0, 'promote', 'acted', 'c', 'orders-database'],
    ]);
    const lines = timeline(same.toReversed(), [{ at: lostAt, event: 'Region lost', why: 'a' }]);
    expect(lines.map(({ why }) => why)).toEqual(['a', 'b', 'c']);
    expect(lines.map(({ resource }) => resource)).toEqual([undefined, undefined, 'orders-database']);
  });

  test('Nothing in gives nothing out.', () => {
    expect(timeline([], [])).toEqual([]);
  });
});

describe('stepSpans', () => {
  test('A step that came back several times lasts from its first start to its last end.', () => {
    const repeated = journal([
      [100, 'promote', 'step-started', ''],
      [200, 'promote', 'step-finished', ''],
      [300, 'promote', 'step-started', ''],
      [450, 'promote', 'step-finished', ''],
    ]);
    expect(stepSpans(repeated)).toEqual([{ step: 'promote', startedAt: lostAt + 100, finishedAt: lostAt + 450 }]);
  });

  test('Steps come as they began: a planned run scales before its freeze, a failover beside Isolate.', () => {
    const planned = stepSpans(
      journal([
        [1, 'scale', 'step-started', ''],
        [2, 'freeze', 'step-started', ''],
        [3, 'promote', 'step-started', ''],
      ]),
    );
    expect(planned.map(({ step }) => step)).toEqual(['scale', 'freeze', 'promote']);
    expect(planned.map((span) => isInParallel(span, planned))).toEqual([false, false, false]);
    const stopped = stepSpans(
      journal([
        [1, 'rest', 'step-started', ''],
        [2, 'scale', 'step-started', ''],
      ]),
    );
    expect(stopped.map((span) => isInParallel(span, stopped))).toEqual([false, false]);
    const failover = stepSpans(
      journal([
        [1, 'isolate', 'step-started', ''],
        [2, 'scale', 'step-started', ''],
      ]),
    );
    expect(failover.map((span) => isInParallel(span, failover))).toEqual([false, true]);
  });
});

describe('phaseDurations', () => {
  test('Detection counts from the loss, all other phases from their own start.', () => {
    expect(phaseDurations(entries, lostAt)).toEqual({
      detectSeconds: 0.412,
      isolateSeconds: 0.246,
      promoteSeconds: 0.061,
      scaleSeconds: 0.538,
      verifySeconds: 0.048,
      flipDnsSeconds: 0.045,
      confirmSeconds: 0.789,
    });
  });

  const unmeasurable = [
    { title: 'that never ran', lines: journal([]) },
    { title: 'that did not end', lines: journal([[10, 'promote', 'step-started', '']]) },
    { title: 'whose start was not recorded', lines: journal([[10, 'promote', 'step-finished', '']]) },
  ];
  test.each(unmeasurable)('A phase $title has no duration.', ({ lines }) => {
    expect(phaseDurations(lines, lostAt).promoteSeconds).toBeNull();
  });

  test('A Detect that ended before the loss did not detect it.', () => {
    expect(phaseDurations(journal([[-50, 'detect', 'run-opened', '']]), lostAt).detectSeconds).toBeNull();
  });
});

test('The steps of a report are those of its own run, not of the one that it took over.', () => {
  const before = journal([
    [100, 'promote', 'step-started', ''],
    [150, 'promote', 'step-finished', ''],
  ]).map((entry) => ({ ...entry, epoch: 6 }));
  const own = journal([
    [300, 'promote', 'step-started', ''],
    [400, 'promote', 'step-finished', ''],
  ]);
  const lines = timeline([...before, ...own], []);
  expect(lines.map(({ epoch }) => epoch)).toEqual([6, 6, 7, 7]);
  const spans = reportSpans({ ...sample, timeline: lines });
  expect(spans).toEqual([{ step: 'promote', startedAt: lostAt + 300, finishedAt: lostAt + 400 }]);
});
