import { type Check, type GameDayReport, regionsOf, type TimelineLine } from '../game-day-report.ts';
import { reportSpans, type StepSpan } from '../timeline.ts';
import { count, duration, instantOf, relativeTime, roundSeconds, stepTitle } from '../words.ts';
import { type Bucket, bucketsIn } from './buckets.ts';
import { html, type Markup } from './markup.ts';
import { windowOf } from './scale.ts';

const rowsMax = 30;

/** The chart in figures, for those who cannot see it or want to know exactly. */
export function chartTables(report: GameDayReport): Markup {
  const spans = reportSpans(report);
  const originAt = report.lostAt ?? report.startedAt;
  const buckets = bucketsIn(report, windowOf(report, spans), rowsMax);
  const { lost, recovered = 'Other Region' } = regionsOf(report);
  return html`<details><summary>The chart as tables</summary>
<table><caption>Steps</caption><thead><tr><th scope="col">Step</th><th scope="col" class="number">Begins</th><th scope="col" class="number">Takes</th></tr></thead>
<tbody>${spans.map((span) => stepRow(span, originAt))}</tbody></table>
<table><caption>Writes per second, averaged from each time to the next</caption><thead><tr><th scope="col">From</th><th scope="col" class="number">${lost}</th><th scope="col" class="number">${recovered}</th><th scope="col" class="number">Failed</th></tr></thead>
<tbody>${buckets.map((bucket) => bucketRow(bucket, originAt))}</tbody></table></details>`;
}

function stepRow({ step, startedAt, finishedAt }: StepSpan, originAt: number): Markup {
  const took = finishedAt === null ? 'did not end' : duration(roundSeconds(finishedAt - startedAt));
  return html`<tr><th scope="row">${stepTitle(step)}</th><td class="number">${relativeTime(startedAt - originAt)}</td><td class="number">${took}</td></tr>`;
}

function bucketRow(bucket: Bucket, originAt: number): Markup {
  const rates = [bucket.lostPerSecond, bucket.recoveredPerSecond, bucket.failedPerSecond];
  return html`<tr><th scope="row">${relativeTime(bucket.startAt - originAt)}</th>${rates.map((rate) => html`<td class="number">${count(Math.round(rate))}</td>`)}</tr>`;
}

const marks = { passed: '✓ passed', failed: '✗ failed', unknown: '? unknown' } as const;

export function checksTable(checks: readonly Check[]): Markup {
  if (checks.length === 0) return html`<p class="why">Nothing was checked.</p>`;
  return html`<table class="checks"><thead><tr><th scope="col">Verdict</th><th scope="col">Id</th><th scope="col">What must always hold, and what was seen</th></tr></thead>
<tbody>${checks.map(checkRow)}</tbody></table>`;
}

const checkRow = ({ id, title, verdict, why }: Check): Markup =>
  html`<tr><td class="${verdict}-mark">${marks[verdict]}</td><th scope="row">${id}</th><td>${title}<br/><span class="why">${why}</span></td></tr>`;

/** Every line, in order; what was only looked at or waited for is paler than what was done. */
export function timelineTable({ timeline, lostAt, startedAt }: GameDayReport): Markup {
  const rows = timeline.map((line, index) => timelineRow(line, timeline[index - 1]?.step, lostAt ?? startedAt));
  return html`<table class="timeline"><thead><tr><th scope="col">${lostAt === null ? 'After the start' : 'After the fault'}</th><th scope="col">Step</th><th scope="col">Event</th><th scope="col">Why</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function timelineRow(line: TimelineLine, previousStep: string | undefined, originAt: number): Markup {
  const { at, step, event, why, resource } = line;
  const again = previousStep === step ? ' again' : '';
  const subject = resource === undefined ? [] : [html`<code>${resource}</code>`];
  return html`<tr class="${rank(line)}${again}"><td class="at">${relativeTime(instantOf(at) - originAt)}</td><td class="step">${stepTitle(step)}</td><td class="event">${event}</td><td class="reason">${subject}${why}</td></tr>`;
}

function rank({ step, event }: TimelineLine): 'lab' | 'trouble' | 'look' | 'deed' {
  if (step === 'lab') return 'lab';
  if (['refused', 'failed', 'rejected'].includes(event)) return 'trouble';
  return ['acted', 'undone', 'run-opened', 'run-closed'].includes(event) ? 'deed' : 'look';
}
