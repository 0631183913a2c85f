import { type GameDayReport, headline } from '../game-day-report.ts';
import { firstWriteAt, reportSpans } from '../timeline.ts';
import { duration } from '../words.ts';
import { bucketsIn } from './buckets.ts';
import { gantt, ganttHeight } from './gantt.ts';
import { html, type Markup, nothing } from './markup.ts';
import { linear, plot, type Scale, ticks, windowOf } from './scale.ts';
import { writes, writesBottom } from './writes.ts';

const ganttTop = writesBottom + 30;
const areasMax = 400;
/** Both charts stand on one page. */
const names = { failover: 'chart', home: 'home' } as const;

/** One axis of time for all: writes by Region, failed writes, and below them the steps. */
export function chart(report: GameDayReport, of: 'failover' | 'home' = 'failover'): Markup {
  const spans = reportSpans(report);
  const window = windowOf(report, spans);
  const x = linear({ from: window.startAt, to: window.endAt }, { from: plot.left, to: plot.right });
  const bottom = ganttTop + ganttHeight(report, spans);
  const seconds = ticks(secondsIn(report, window.startAt, window.endAt), 8);
  const atSecond: Scale = (second) => x(originOf(report) + second * 1000);
  return html`<svg viewBox="0 0 ${plot.width} ${bottom + 26}" role="img" aria-labelledby="${names[of]}-title ${names[of]}-desc">
<title id="${names[of]}-title">Writes per second and the steps of the run, on one axis of time</title>
<desc id="${names[of]}-desc">${description(report, of)}</desc>
<g class="grid">${seconds.map((second) => html`<path d="M${atSecond(second)} ${plot.top}V${bottom}"/>`)}</g>
${writes(bucketsIn(report, window, areasMax), { x, window })}
${gantt(report, { x, spans, window, top: ganttTop })}
${of === 'home' ? nothing : marks(report, x, bottom)}
<g class="tick">${seconds.map((second) => html`<text x="${atSecond(second)}" y="${bottom + 18}" text-anchor="middle">${tickText(second)}</text>`)}</g>
</svg>`;
}

const originOf = ({ lostAt, startedAt }: GameDayReport): number => lostAt ?? startedAt;

const secondsIn = (report: GameDayReport, startAt: number, endAt: number) => ({
  from: (startAt - originOf(report)) / 1000,
  to: (endAt - originOf(report)) / 1000,
});

const tickText = (second: number): string => {
  if (second === 0) return '0 s';
  return `${second < 0 ? '−' : '+'}${duration(Math.abs(second))}`;
};

function description(report: GameDayReport, of: 'failover' | 'home'): string {
  if (of === 'home') return `The planned run was opened at 0 s. ${headline(report).join(' ')}`;
  return `The fault struck at 0 s. ${headline(report).join(' ')} The same figures follow as a table.`;
}

/** The fault and the first write as lines through everything, and the RTO as the bracket between them. */
function marks(report: GameDayReport, x: Scale, bottom: number): Markup {
  const { lostAt, measured, notDue } = report;
  if (lostAt === null) return nothing;
  const lostX = x(lostAt);
  const loss = html`<path class="loss" d="M${lostX} 26V${bottom}"/>
<text class="mark" x="${lostX - 9}" y="38" text-anchor="end">the fault</text>`;
  const writtenAt = firstWriteAt(report);
  if (writtenAt === null) {
    const missing = html`<text class="mark missing" x="${lostX + 9}" y="38">no first write was measured</text>`;
    return html`<g>${loss}${notDue === null ? missing : nothing}</g>`;
  }
  const writtenX = x(writtenAt);
  const middleX = (lostX + writtenX) / 2;
  return html`<g>${loss}
<path class="written" d="M${writtenX} 26V${bottom}"/>
<text class="mark accent" x="${writtenX + 9}" y="38">first acknowledged write</text>
<path class="bracket" d="M${lostX} 34H${writtenX}"/>
<text class="rto" x="${middleX}" y="17" text-anchor="middle">RTO ${duration(measured.rtoSeconds)}</text></g>`;
}
