import type { Instant } from '../../domain/run.ts';
import type { GameDayReport } from '../game-day-report.ts';
import { firstWriteAt, type StepSpan } from '../timeline.ts';

/** Pixels of the drawing; the page scales it as a whole. */
export const plot = { width: 960, left: 92, right: 944, top: 62 } as const;

/** The part of the game day that is drawn. */
export interface TimeWindow {
  readonly startAt: Instant;
  readonly endAt: Instant;
}

/** Maps a value on an axis to a coordinate, to a tenth of a pixel. */
export type Scale = (value: number) => number;

export interface Axis {
  readonly from: number;
  readonly to: number;
}

export function linear(domain: Axis, range: Axis): Scale {
  const width = domain.to - domain.from || 1;
  return (value) => tenth(range.from + ((value - domain.from) / width) * (range.to - range.from));
}

export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Round values from `from` to `to`, about `wanted` of them, in steps of 1, 2 or 5 times a power of ten. */
export function ticks({ from, to }: Axis, wanted: number): readonly number[] {
  const step = niceStep((to - from) / wanted);
  const first = Math.ceil(from / step);
  const amount = Math.floor(to / step) - first + 1;
  return Array.from({ length: amount }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The next round value above, so that the highest tick is also the end of the axis. */
export function niceMaximum(value: number, wanted: number): number {
  if (value <= 0) return 1;
  const step = niceStep(value / wanted);
  return Number((Math.ceil(value / step) * step).toPrecision(12));
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough > 0 ? rough : 1));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

/**
 * The minutes around a recovery of seconds would press it into a line: drawn is the time from the loss to the last event
 * of the run, with a third of it before and after. Without a first write, all that followed is drawn.
 */
export function windowOf(report: GameDayReport, spans: readonly StepSpan[]): TimeWindow {
  const { lostAt, series, startedAt } = report;
  const length = Math.max(series.failed.length, ...Object.values(series.acknowledged).map(({ length }) => length));
  const seriesEndAt = series.startedAt + length * series.bucketMs;
  const originAt = lostAt ?? startedAt;
  const isHome = report.run !== null && report.run.epoch === report.home?.epoch;
  const writtenAt = firstWriteAt(report) ?? (isHome ? originAt : seriesEndAt);
  const ends = spans.map((span) => span.finishedAt ?? span.startedAt);
  const lastAt = Math.max(originAt + 5 * series.bucketMs, writtenAt, ...ends);
  const marginMs = (lastAt - originAt) / 3;
  return {
    startAt: Math.max(originAt - marginMs, Math.min(series.startedAt, originAt)),
    endAt: Math.max(lastAt, Math.min(lastAt + marginMs, seriesEndAt)),
  };
}
