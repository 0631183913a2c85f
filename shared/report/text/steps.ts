import type { GameDayReport } from '../game-day-report.ts';
import type { Paint } from '../paint.ts';
import { homeSpans, isInParallel, reportSpans, type StepSpan } from '../timeline.ts';
import { duration, instantOf, roundSeconds, stepTitle } from '../words.ts';

const barColumns = 48;

/** One bar per step on a common axis of time, so that Scale stands beside the steps with which it ran. */
export const stepBars = (report: Pick<GameDayReport, 'timeline' | 'lostAt' | 'run'>, paint: Paint): readonly string[] =>
  barsOf(reportSpans(report), report, paint);

/** The same of the way home. */
export const homeBars = (report: Pick<GameDayReport, 'home' | 'timeline'>, paint: Paint): readonly string[] =>
  barsOf(homeSpans(report), { ...report, run: report.home ?? null }, paint);

function barsOf(
  spans: readonly StepSpan[],
  { run, timeline }: Pick<GameDayReport, 'run' | 'timeline'>,
  paint: Paint,
): readonly string[] {
  if (spans.length === 0) return ['  No step ran.'];
  const startAt = Math.min(...spans.map((span) => span.startedAt));
  // A step that did not end reaches at least to the last line that any step wrote.
  const own = timeline.filter(({ epoch, step }) => step !== 'lab' && (epoch === undefined || epoch === run?.epoch));
  const written = own.map(({ at }) => instantOf(at));
  const endAt = Math.max(startAt + 1, ...written);
  const columnOf = (at: number): number => Math.round(((at - startAt) / (endAt - startAt)) * barColumns);
  return spans.map((span) => {
    const from = Math.min(columnOf(span.startedAt), barColumns - 1);
    const to = Math.max(columnOf(span.finishedAt ?? endAt), from + 1);
    const parallel = isInParallel(span, spans);
    const bar = (parallel ? '▒' : '█').repeat(to - from);
    const rest = ' '.repeat(barColumns - to);
    return `  ${stepTitle(span.step).padEnd(10)} ${' '.repeat(from)}${paint.accent(bar)}${rest}  ${tookText(span, parallel)}`;
  });
}

function tookText({ startedAt, finishedAt }: StepSpan, parallel: boolean): string {
  if (finishedAt === null) return 'did not end';
  const took = duration(roundSeconds(finishedAt - startedAt));
  return parallel ? `${took}, in parallel` : took;
}
