import type { GameDayReport } from '../game-day-report.ts';
import { firstWriteAt, isInParallel, type StepSpan } from '../timeline.ts';
import { duration, roundSeconds, stepTitle } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { plot, type Scale, type TimeWindow, tenth } from './scale.ts';

const rowHeight = 26;
const barHeight = 12;
/** Room that a label needs to the right of its bar. */
const labelWidth = 130;

interface Drawing {
  readonly x: Scale;
  readonly spans: readonly StepSpan[];
  readonly window: TimeWindow;
  readonly top: number;
}

interface Row {
  readonly title: string;
  readonly style: 'serial' | 'parallel' | 'cache' | 'open';
  readonly startAt: number;
  readonly endAt: number;
  readonly took: string;
}

export const ganttHeight = (report: GameDayReport, spans: readonly StepSpan[]): number =>
  Math.max(1, spans.length + cacheRow(report).length) * rowHeight + 6;

/** The steps, each in a row of its own, so that Scale is seen to run beside Isolate and Promote. */
export function gantt(report: GameDayReport, { x, spans, window, top }: Drawing): Markup {
  const rows = [...spans.map((span) => stepRow(span, isInParallel(span, spans), window)), ...cacheRow(report)];
  if (rows.length === 0) return html`<text class="empty" x="${plot.left}" y="${top + 17}">No step ran.</text>`;
  return html`<g>${rows.map((row, index) => drawRow(row, x, top + index * rowHeight))}</g>`;
}

function stepRow({ step, startedAt, finishedAt }: StepSpan, parallel: boolean, { endAt }: TimeWindow): Row {
  const title = stepTitle(step);
  if (finishedAt === null) return { title, style: 'open', startAt: startedAt, endAt, took: 'did not end' };
  const took = duration(roundSeconds(finishedAt - startedAt));
  return {
    title,
    style: parallel ? 'parallel' : 'serial',
    startAt: startedAt,
    endAt: finishedAt,
    took: parallel ? `${took}, in parallel` : took,
  };
}

/** What the clients' caches added after the flip: no step's work, and part of the RTO all the same. */
function cacheRow(report: GameDayReport): readonly Row[] {
  const endAt = firstWriteAt(report);
  const { dnsCacheShareSeconds: share } = report.measured;
  if (endAt === null || share === null || share === 0) return [];
  return [{ title: 'DNS cache', style: 'cache', startAt: endAt - share * 1000, endAt, took: duration(share) }];
}

function drawRow({ title, style, startAt, endAt, took }: Row, x: Scale, top: number): Markup {
  const middle = top + rowHeight / 2;
  const left = Math.max(x(startAt), plot.left);
  const right = Math.max(x(endAt), left + 2);
  const label = style === 'open' ? labelOn(right) : labelBeside(left, right);
  return html`<g><text class="step" x="${plot.left - 10}" y="${middle + 4}" text-anchor="end">${title}</text>
<rect class="bar ${style}" x="${left}" y="${middle - barHeight / 2}" width="${tenth(right - left)}" height="${barHeight}" rx="2"/>
<text class="took ${label.place}" x="${tenth(label.x)}" y="${middle + 4}" text-anchor="${label.anchor}">${took}</text></g>`;
}

/** To the right of the bar, or where there is no room to its left, or, for a bar as wide as the plot, on it. */
function labelBeside(left: number, right: number) {
  if (right + labelWidth <= plot.width) return { place: 'outside', x: right + 8, anchor: 'start' };
  if (left - labelWidth >= plot.left) return { place: 'outside', x: left - 8, anchor: 'end' };
  return labelOn(right);
}

const labelOn = (right: number) => ({ place: 'inside', x: right - 8, anchor: 'end' });
