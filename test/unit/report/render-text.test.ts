import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { paintFor } from '../../../cli/terminal/paint.ts';
import { GameDayReport } from '../../../shared/report/game-day-report.ts';
import { noPaint } from '../../../shared/report/paint.ts';
import { renderText } from '../../../shared/report/render-text.ts';
import { marks, sample } from './sample.ts';

const files = { html: '.understudy/report.html', json: '.understudy/report.json' };
const plain = (report: GameDayReport): string => renderText(report, { paint: noPaint, files });
const widest = (text: string): number => Math.max(...text.split('\n').map((line) => [...line].length));

test('The summary says verdict, objectives, deeds and where the rest is.', () => {
  const text = plain(sample);
  expect(text).toContain('✓ PASSED  shop · region-lost');
  expect(text).toMatch(/RTO +1\.487 s +objective 5 s +✓ met/);
  expect(text).toMatch(/RPO +0\.036 s +objective 1 s +✓ met/);
  expect(text).toContain('✓ I15  Success only after a real write transaction');
  expect(text).toContain('+0.742 s  Promote   orders-database: the standby was 12 ms behind');
  expect(text).toContain('Report  .understudy/report.html\nData    .understudy/report.json\n');
});

test('The bar of Scale stands beside those of Isolate and Promote.', () => {
  const bars = plain(sample).split('\n');
  const columnsOf = (title: string): readonly [number, number] => {
    const line = bars.find((candidate) => candidate.startsWith(`  ${title} `)) ?? '';
    return [line.search(/[█▒]/), line.search(/[█▒](?![█▒])/)];
  };
  expect(columnsOf('Scale')[0]).toBe(columnsOf('Isolate')[0]);
  expect(columnsOf('Scale')[1]).toBeGreaterThan(columnsOf('Promote')[1]);
  expect(columnsOf('Verify')[0]).toBeGreaterThan(columnsOf('Scale')[1]);
});

test('No line is wider than 100 columns, whatever the report says, except a path.', () => {
  const long = 'word '.repeat(60) + 'x'.repeat(250);
  const wordy = GameDayReport.parse({
    ...sample,
    verdict: 'failed',
    application: long,
    run: null,
    checks: [{ id: long, title: long, verdict: 'unknown', why: long }],
    timeline: [...sample.timeline, { at: '2026-11-21T09:30:09.000Z', step: 'lab', event: long, why: long }],
  });
  expect(widest(plain(wordy))).toBeLessThanOrEqual(100);
  const coloured = renderText(wordy, { paint: paintFor({ isTTY: true, env: {} }), files });
  expect(stripVTControlCharacters(coloured)).toBe(plain(wordy));
});

test('What was not measured is said to be so, and is no zero.', () => {
  const text = plain({ ...sample, verdict: 'failed', measured: { ...sample.measured, rtoSeconds: null } });
  expect(text).toContain('✗ FAILED');
  expect(text).toContain('· The RTO could not be measured.');
  expect(text).toMatch(/RTO +not measured +objective 5 s +✗ not met/);
});

test('Where no failover was due, objectives are not applicable, and why is said.', () => {
  const notDue = 'The primary Region served all the time, and the witness saw it.';
  const untouched = { ...sample, notDue, run: null, measured: { ...sample.measured, rtoSeconds: null } };
  const text = plain(GameDayReport.parse(untouched));
  expect(text).toContain(`No failover was due, and none came. 29 acknowledged writes were lost.\n${notDue}\n`);
  expect(text).toMatch(/RTO +not applicable: no failover was due\n +RPO +not applicable/);
  expect(text).not.toMatch(/not met|not measured/);
  expect(plain({ ...sample, notDue })).toContain('A failover came that was not due.');
});

test('A report without a run says that nothing was done.', () => {
  const text = plain({ ...sample, verdict: 'failed', lostAt: null, run: null, timeline: [] });
  expect(text).toContain('Steps, counted from the start of the game day\n  No step ran.');
  expect(text).toContain('  Nothing was done.');
});

test('A step that did not end is drawn to the end and says so.', () => {
  const cut = sample.timeline.filter(({ step, event }) => !(step === 'confirm' && event === 'step-finished'));
  expect(plain({ ...sample, timeline: cut })).toMatch(/Confirm +█+ {2}did not end/);
});

test('What did not take effect does not read as if it had.', () => {
  const line = { at: '2026-11-21T09:30:05.000Z', step: 'promote', event: 'rejected', why: 'busy', resource: 'db' };
  expect(plain({ ...sample, timeline: [line] })).toContain('Promote   db: rejected: busy');
});

test('Beyond thirty deeds the rest is counted.', () => {
  const [mark] = marks;
  const line = { at: '2026-11-21T09:30:05.000Z', step: 'lab', event: String(mark?.event), why: 'again' };
  expect(plain({ ...sample, timeline: Array.from({ length: 32 }, () => line) })).toContain('… and 2 lines more');
});

test('Control characters of foreign origin do not reach the terminal.', () => {
  const hostile = '\u001b]0;title\u0007\u001b[2J\r';
  const text = plain({
    ...sample,
    application: hostile,
    checks: [{ id: hostile, title: hostile, verdict: 'passed', why: hostile }],
    timeline: [{ at: '2026-11-21T09:30:05.000Z', step: hostile, event: 'acted', why: hostile, resource: hostile }],
  });
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
