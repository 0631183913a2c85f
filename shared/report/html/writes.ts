import { count } from '../words.ts';
import type { Bucket } from './buckets.ts';
import { html, type Markup, nothing } from './markup.ts';
import { linear, niceMaximum, plot, type Scale, type TimeWindow, ticks } from './scale.ts';

const baseY = plot.top + 190;
const failedTop = baseY + 22;
const failedBase = failedTop + 34;
export const writesBottom = failedBase;

interface Drawing {
  readonly x: Scale;
  readonly window: TimeWindow;
}

/** Acknowledged writes as stacked areas; below them the failed ones on a scale of their own. */
export function writes(buckets: readonly Bucket[], drawing: Drawing): Markup {
  const stacked = buckets.map((bucket) => bucket.lostPerSecond + bucket.recoveredPerSecond);
  const top = niceMaximum(Math.max(0, ...stacked), 4);
  const y = linear({ from: 0, to: top }, { from: baseY, to: plot.top });
  const lost = buckets.map((bucket) => bucket.lostPerSecond);
  return html`<g class="grid">${ticks({ from: 0, to: top }, 4).map((value) => html`<path d="M${plot.left} ${y(value)}H${plot.right}"/>`)}</g>
<g class="tick">${ticks({ from: 0, to: top }, 4).map((value) => html`<text x="${plot.left - 10}" y="${y(value) + 4}" text-anchor="end">${count(value)}</text>`)}
<text x="${plot.left - 10}" y="${plot.top - 14}" text-anchor="end">writes/s</text></g>
${area('lost', buckets, { ...drawing, upper: lost.map(y), lower: lost.map(() => baseY) })}
${area('recovered', buckets, { ...drawing, upper: stacked.map(y), lower: lost.map(y) })}
${failures(buckets, drawing)}
${stacked.every((value) => value === 0) ? html`<text class="empty" x="${(plot.left + plot.right) / 2}" y="${baseY - 90}" text-anchor="middle">No write was acknowledged in this time.</text>` : nothing}
<path class="axis" d="M${plot.left} ${baseY}H${plot.right}"/>`;
}

function failures(buckets: readonly Bucket[], drawing: Drawing): Markup {
  const failed = buckets.map((bucket) => bucket.failedPerSecond);
  const most = Math.max(0, ...failed);
  const y = linear({ from: 0, to: niceMaximum(most, 4) }, { from: failedBase, to: failedTop });
  return html`<g class="tick"><text x="${plot.left - 10}" y="${failedBase - 16}" text-anchor="end">failed/s</text>
<text x="${plot.left - 10}" y="${failedBase}" text-anchor="end">${most === 0 ? 'none' : `up to ${count(Math.round(most))}`}</text></g>
${area('failed', buckets, { ...drawing, upper: failed.map(y), lower: failed.map(() => failedBase) })}
<path class="axis" d="M${plot.left} ${failedBase}H${plot.right}"/>`;
}

interface Edges extends Drawing {
  /** Pixels, one per bucket. */
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** A stepped area: a count belongs to its whole bucket, and a sloping line would claim writes that were not there. */
function area(name: string, buckets: readonly Bucket[], { x, window, upper, lower }: Edges): Markup {
  if (upper.every((value, index) => value === lower[index])) return nothing;
  const clamp = (at: number): number => x(Math.min(Math.max(at, window.startAt), window.endAt));
  const edge = (values: readonly number[]): readonly string[] =>
    buckets.flatMap(({ startAt, endAt }, index) => [
      `${clamp(startAt)} ${values[index]}`,
      `${clamp(endAt)} ${values[index]}`,
    ]);
  return html`<path class="area ${name}" d="M${edge(upper).join('L')}L${edge(lower).toReversed().join('L')}Z"/>`;
}
