import type { JournalEntry } from '../domain/journal.ts';
import { plannedSteps, type StepId, stepIds } from '../domain/phase.ts';
import type { Instant } from '../domain/run.ts';
import type { GameDayReport, PhaseDurations, TimelineLine } from './game-day-report.ts';
import { instantOf, isoOf, roundSeconds } from './words.ts';

/** Something the lab did or saw, such as the loss of the Region or the first acknowledged write. */
export interface Mark {
  readonly at: Instant;
  readonly event: string;
  readonly why: string;
}

/** `finishedAt` null: the step started and never ended. */
export interface StepSpan {
  readonly step: StepId;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
}

interface StepEvent {
  readonly at: Instant;
  readonly step: string;
  readonly event: string;
}

/**
 * Journal and marks in one order of time. At the same instant the cause, a mark, precedes what was done about it. Lines of
 * several runs carry their epoch.
 */
export function timeline(entries: readonly JournalEntry[], marks: readonly Mark[]): TimelineLine[] {
  const isOneRun = new Set(entries.map(({ epoch }) => epoch)).size <= 1;
  const lines = [
    ...marks.map(({ at, ...mark }) => ({ at, sequence: -1, line: { step: 'lab', ...mark } })),
    ...entries.map(({ at, epoch, event, resource, sequence, step, why }) => ({
      at,
      sequence,
      line: { step, event, why, ...(resource === undefined ? {} : { resource }), ...(isOneRun ? {} : { epoch }) },
    })),
  ];
  return lines
    .toSorted((a, b) => a.at - b.at || a.sequence - b.sequence)
    .map(({ at, line }) => ({ at: isoOf(at), ...line }));
}

/**
 * From the first start of each step to its last end, as they began. Steps that never started are left out. Detect
 * runs before there is a journal: the line that opens the run is its end, and its beginning is the loss (`sinceLoss`).
 */
export function stepSpans(events: readonly StepEvent[]): StepSpan[] {
  const spans = stepIds.flatMap((step) => {
    const own = events.filter((event) => event.step === step);
    const startedAt = own.find(({ event }) => event === 'step-started' || event === 'run-opened')?.at;
    const finishedAt = own.findLast(({ event }) => event === 'step-finished' || event === 'run-opened')?.at ?? null;
    return startedAt === undefined ? [] : [{ step, startedAt, finishedAt }];
  });
  return spans.toSorted((a, b) => a.startedAt - b.startedAt);
}

/** Scale stands beside Isolate and Promote in a failover, and alone in a planned run. */
export const isInParallel = ({ step }: StepSpan, spans: readonly StepSpan[]): boolean =>
  step === 'scale' && !spans.some((span) => plannedSteps.includes(span.step));

/** Seconds per phase. Detection is counted from the loss: the time in which nobody had noticed belongs to it. */
export function phaseDurations(entries: readonly StepEvent[], lostAt: Instant): PhaseDurations {
  const spans = sinceLoss(stepSpans(entries), lostAt);
  const secondsOf = (step: StepId): number | null => {
    const span = spans.find((candidate) => candidate.step === step);
    return span === undefined || span.finishedAt === null ? null : roundSeconds(span.finishedAt - span.startedAt);
  };
  return {
    detectSeconds: secondsOf('detect'),
    isolateSeconds: secondsOf('isolate'),
    promoteSeconds: secondsOf('promote'),
    scaleSeconds: secondsOf('scale'),
    verifySeconds: secondsOf('verify'),
    flipDnsSeconds: secondsOf('flip-dns'),
    confirmSeconds: secondsOf('confirm'),
  };
}

/** The steps of the report's run, Detect counted from the fault, as the text and the page draw them. */
export function reportSpans({
  timeline: lines,
  lostAt,
  run,
}: Pick<GameDayReport, 'timeline' | 'lostAt' | 'run'>): StepSpan[] {
  const own = lines.filter(({ epoch }) => epoch === undefined || epoch === run?.epoch);
  const spans = stepSpans(own.map(({ at, step, event }) => ({ at: instantOf(at), step, event })));
  return lostAt === null ? spans : sinceLoss(spans, lostAt);
}

/** The steps of the way home, from the opening of its run; none without one. */
export function homeSpans({ home, timeline: lines }: Pick<GameDayReport, 'home' | 'timeline'>): StepSpan[] {
  if (home === undefined) return [];
  const own = lines.filter(({ epoch }) => epoch === undefined || epoch === home.epoch);
  return stepSpans(own.map(({ at, step, event }) => ({ at: instantOf(at), step, event }))).filter(
    ({ step }) => step !== 'detect',
  );
}

/** Counts Detect from the loss. One that ended before did not detect it, and is left out. */
export const sinceLoss = (spans: readonly StepSpan[], lostAt: Instant): StepSpan[] =>
  spans.flatMap((span) => {
    if (span.step !== 'detect') return [span];
    const early = span.finishedAt !== null && span.finishedAt < lostAt;
    return early ? [] : [{ ...span, startedAt: lostAt }];
  });

/** When the first write was acknowledged after the loss; null when that was not seen. */
export const firstWriteAt = ({ lostAt, measured }: Pick<GameDayReport, 'lostAt' | 'measured'>): Instant | null =>
  lostAt === null || measured.rtoSeconds === null ? null : lostAt + measured.rtoSeconds * 1000;
