import type { Instant } from '../../domain/run.ts';
import { type GameDayReport, regionsOf } from '../game-day-report.ts';
import type { TimeWindow } from './scale.ts';

/** Rates in one stretch of time, per second. */
export interface Bucket {
  readonly startAt: Instant;
  readonly endAt: Instant;
  readonly lostPerSecond: number;
  /** By all Regions other than the lost one. */
  readonly recoveredPerSecond: number;
  readonly failedPerSecond: number;
}

/** The series inside the window as rates, in at most `bucketsMax` stretches of equal length. */
export function bucketsIn({ run, series }: GameDayReport, window: TimeWindow, bucketsMax: number): readonly Bucket[] {
  const { acknowledged, bucketMs, failed, startedAt } = series;
  const { lost } = regionsOf({ run, series });
  const others = Object.keys(acknowledged).filter((region) => region !== lost);
  const length = Math.max(failed.length, ...Object.values(acknowledged).map((counts) => counts.length));
  const first = Math.max(0, Math.floor((window.startAt - startedAt) / bucketMs));
  const end = Math.min(length, Math.ceil((window.endAt - startedAt) / bucketMs));
  const merged = Math.max(1, Math.ceil((end - first) / bucketsMax));
  const buckets: Bucket[] = [];
  for (let index = first; index < end; index += merged) {
    const next = Math.min(index + merged, end);
    const rate = (counts: readonly number[]): number => perSecond(counts.slice(index, next), (next - index) * bucketMs);
    buckets.push({
      startAt: startedAt + index * bucketMs,
      endAt: startedAt + next * bucketMs,
      lostPerSecond: rate(acknowledged[lost] ?? []),
      recoveredPerSecond: others.reduce((sum, region) => sum + rate(acknowledged[region] ?? []), 0),
      failedPerSecond: rate(failed),
    });
  }
  return buckets;
}

const perSecond = (counts: readonly number[], ms: number): number =>
  (counts.reduce((sum, value) => sum + value, 0) * 1000) / ms;
