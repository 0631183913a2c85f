import { describe, expect, test } from 'vitest';
import { GameDayReport } from '../../../shared/report/game-day-report.ts';
import { escapeHtml, html } from '../../../shared/report/html/markup.ts';
import { renderHtml } from '../../../shared/report/render-html.ts';
import { lostAt, sample } from './sample.ts';
import { elements, problemsOf } from './well-formed.ts';

const hostile = `"><script>alert('x')</script><!-- & ]]> \u0000\ud800`;

describe('The page', () => {
  test('is well-formed.', () => {
    expect(problemsOf(renderHtml(sample))).toEqual([]);
  });

  test('loads nothing and runs nothing.', () => {
    const page = renderHtml(sample);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|href=|@import|url\(|\bon\w+=/i);
  });

  test('shows verdict, objectives, checks, every line of the timeline and where it was measured.', () => {
    const page = renderHtml(sample);
    expect(page).toContain('✓ Passed');
    expect(page).toContain('RTO 1.487 s');
    expect(page.match(/class="passed-mark"/g)).toHaveLength(sample.checks.length);
    expect(page.match(/class="at">/g)).toHaveLength(sample.timeline.length);
    expect(page).toContain('<td class="at">+0.742 s</td>');
    expect(page).toContain('not a prediction for AWS');
  });

  test('has a title, a description and a table for those who cannot see the chart.', () => {
    const page = renderHtml(sample);
    expect(page).toMatch(/<svg [^>]*role="img" aria-labelledby="chart-title chart-desc">/);
    expect(page).toContain('<desc id="chart-desc">The fault struck at 0 s.');
    expect(page).toContain('<summary>The chart as tables</summary>');
  });

  test('escapes every string of a hostile report.', () => {
    const page = renderHtml(everyStringHostile());
    expect(problemsOf(page)).toEqual([]);
    expect(page).not.toContain('<script');
    expect(elements(page)).toEqual(elements(renderHtml(everyString('harmless'))));
  });
});

function everyStringHostile(): GameDayReport {
  return everyString(hostile);
}

/** A valid report in which every free string is the given one. */
function everyString(text: string): GameDayReport {
  return GameDayReport.parse({
    ...sample,
    verdict: 'failed',
    application: text,
    scenario: text,
    story: text,
    notDue: text,
    run: { id: text, epoch: 1, from: text, to: `${text}2`, trigger: 'alarm', reason: text },
    checks: [{ id: text, title: text, verdict: 'failed', why: text }],
    timeline: [
      ...sample.timeline,
      { at: '2026-11-21T09:30:05.000Z', step: text, event: text, why: text, resource: text },
    ],
    series: { ...sample.series, acknowledged: { [text]: [1, 2], [`${text}2`]: [3] } },
    environment: { cpus: 1, node: text, postgres: text, platform: text },
  });
}

describe('The chart', () => {
  const { measured, series } = sample;
  const noWrites = { ...series, acknowledged: {}, failed: [] };
  const edgeCases = [
    { title: 'no writes at all', change: { series: noWrites } },
    { title: 'a single bucket', change: { series: { ...series, acknowledged: { 'eu-west-1': [5] }, failed: [1] } } },
    { title: 'no RTO', change: { measured: { ...measured, rtoSeconds: null }, verdict: 'failed' } },
    { title: 'an RTO of zero', change: { measured: { ...measured, rtoSeconds: 0 } } },
    { title: 'no write lost', change: { measured: { ...measured, rpoSeconds: 0, acknowledgedWritesLost: 0 } } },
    { title: 'no loss and no run', change: { lostAt: null, run: null, timeline: [], verdict: 'failed' } },
    { title: 'no writes, no loss and no run', change: { series: noWrites, lostAt: null, run: null, timeline: [] } },
    { title: 'a loss after the last bucket', change: { lostAt: lostAt + 60_000 } },
    { title: 'a loss before the first bucket', change: { lostAt: lostAt - 60_000 } },
    { title: 'a day of buckets', change: { series: { ...series, failed: Array.from({ length: 100_000 }, () => 1) } } },
  ];

  test.each(edgeCases)('is drawn inside its frame with $title', ({ change }) => {
    const page = renderHtml(GameDayReport.parse({ ...sample, ...change }));
    expect(problemsOf(page)).toEqual([]);
    const svg = page.slice(page.indexOf('<svg'), page.indexOf('</svg>'));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    for (const [x, y] of points(svg)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(Number(width));
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(Number(height));
    }
    expect(svg.length).toBeLessThan(60_000);
  });

  test('says so when no first write was measured, and draws no bracket.', () => {
    const page = renderHtml({ ...sample, verdict: 'failed', measured: { ...measured, rtoSeconds: null } });
    expect(page).toContain('no first write was measured');
    expect(page).not.toContain('class="bracket"');
  });

  test('says nothing of a first write where no failover was due, and has no meters.', () => {
    const notDue = 'The primary Region served all the time.';
    const page = renderHtml({ ...sample, notDue, run: null, measured: { ...measured, rtoSeconds: null } });
    expect(problemsOf(page)).toEqual([]);
    expect(page).toContain(notDue);
    expect(page).toContain('not applicable: no failover was due');
    expect(page).not.toMatch(/no first write was measured|class="meter"|not measured/);
  });

  test('has no area for writes that did not happen.', () => {
    const page = renderHtml({ ...sample, series: { ...series, failed: [] } });
    expect(page).not.toContain('class="area failed"');
    expect(page).toContain('>none</text>');
  });
});

/** The corners of all areas and the ends of all bars. */
function points(svg: string): readonly (readonly [number, number])[] {
  const areas = [...svg.matchAll(/class="area \w+" d="M([^Z]+)Z"/g)].flatMap(([, path = '']) =>
    path.split('L').map((pair) => pair.split(' ').map(Number)),
  );
  const bars = [...svg.matchAll(/<rect [^>]*x="([^"]+)" y="([^"]+)" width="([^"]+)"/g)].flatMap((match) => {
    const [x = Number.NaN, y = Number.NaN, width = Number.NaN] = match.slice(1).map(Number);
    return [
      [x, y],
      [x + width, y],
    ];
  });
  return [...areas, ...bars].map(([x = Number.NaN, y = Number.NaN]) => [x, y] as const);
}

test('Only what a template made is taken for HTML.', () => {
  expect(html`<b title="${'"'}">${'<i>'}${3}${[html`<i/>`, html`<u/>`]}</b>`.markup).toBe(
    '<b title="&quot;">&lt;i&gt;3<i/><u/></b>',
  );
});

test.each([
  [`&<>"'`, '&amp;&lt;&gt;&quot;&#39;'],
  ['a\u0000\u001b\u0085\ud800z', 'a\ufffd\ufffd\ufffd\ufffdz'],
  ['tab\tand\nline', 'tab\tand\nline'],
])('%j is escaped.', (text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped);
});
