import * as z from 'zod';
import { triggers } from '../domain/run.ts';
import { duration, plural } from './words.ts';

const measured = z.number().min(0).nullable();
const measuredCount = z.int().min(0).nullable();
const verdicts = ['passed', 'failed'] as const;

/** Seconds per step, to the millisecond; null: the step did not run, or did not end. */
export const PhaseDurations = z.object({
  /** From the fault to the end of Detect. All others: from the first start of the step to its last end. */
  detectSeconds: measured,
  isolateSeconds: measured,
  promoteSeconds: measured,
  /** Runs in parallel with Isolate and Promote. */
  scaleSeconds: measured,
  verifySeconds: measured,
  flipDnsSeconds: measured,
  confirmSeconds: measured,
});
export type PhaseDurations = z.infer<typeof PhaseDurations>;

const Measured = z.object({
  /** From the fault to the first write that a client saw acknowledged by the other Region. */
  rtoSeconds: measured,
  /**
   * From the oldest acknowledged write that did not survive to the fault, or to the newest such write if that was later;
   * 0 when none was lost.
   */
  rpoSeconds: measured,
  /** What a person has accepted to lose, as it was estimated then; left out when nobody was asked or had to accept. */
  acceptedLossSeconds: z.union([z.number().min(0), z.literal('unknown')]).optional(),
  acknowledgedWrites: measuredCount,
  acknowledgedWritesLost: measuredCount,
  /** For how long both Regions acknowledged writes. */
  writersOverlapMs: measured,
  /** TTL of the record that was flipped. */
  ttlSeconds: z.number().min(0),
  /** Part of the RTO after the flip, in which clients still held the old answer; it ends with the first write. */
  dnsCacheShareSeconds: measured,
  phases: PhaseDurations,
  /**
   * How long nobody acknowledged a write while a planned run moved the application; the longest such gap. This and the next
   * three are left out when no planned run was opened.
   */
  failbackWriteGapSeconds: measured.optional(),
  /** Writes that anybody acknowledged while planned runs moved the application, and that did not survive. */
  failbackAcknowledgedWritesLost: measuredCount.optional(),
  /** Acknowledged writes that were lost in failovers: only the old primary has them. */
  orphanedWrites: measuredCount.optional(),
  /** Of these, how many are still rows of an old primary that was put aside. */
  orphanedWritesKept: measuredCount.optional(),
  /** Seconds per step of `home`. */
  failbackPhases: z.record(z.string(), measured).optional(),
});

/** `unknown`: the checker could not decide, which is not `passed`. */
const Check = z.object({
  id: z.string().min(1),
  title: z.string(),
  verdict: z.enum([...verdicts, 'unknown']),
  why: z.string(),
});
export type Check = z.infer<typeof Check>;

const TimelineLine = z.object({
  /** ISO 8601, UTC, to the millisecond. */
  at: z.iso.datetime(),
  /** A step id, or `lab` for what the lab did and saw itself. */
  step: z.string(),
  event: z.string(),
  why: z.string(),
  resource: z.string().optional(),
  /** Under which it was written; only where several runs wrote. */
  epoch: z.int().optional(),
});
export type TimelineLine = z.infer<typeof TimelineLine>;

/** Counts per bucket; bucket n begins at `startedAt + n × bucketMs`. A series may be shorter than the others. */
const Series = z.object({
  startedAt: z.int(),
  bucketMs: z.number().positive(),
  /** Writes acknowledged, by the Region that acknowledged them. */
  acknowledged: z.record(z.string(), z.array(z.number().min(0))),
  /** Writes for which the client got an error or gave up waiting. */
  failed: z.array(z.number().min(0)),
});

const Run = z.object({
  id: z.string(),
  epoch: z.int(),
  /** AWS Regions. */
  from: z.string(),
  to: z.string(),
  trigger: z.enum(triggers),
  reason: z.string(),
});

const Shape = z.object({
  schema: z.literal(1),
  kind: z.literal('gameday'),
  application: z.string(),
  scenario: z.string(),
  /** What happened, in a sentence. */
  story: z.string(),
  verdict: z.enum(verdicts),
  /** Why no failover was due, in a sentence: then there is no RTO to be met. Null: one was due. */
  notDue: z.string().nullable(),
  /** When the game day began; ms since the Unix epoch, like every field that ends in `At`. */
  startedAt: z.int(),
  /** When the fault struck; null: the game day never came so far. */
  lostAt: z.int().nullable(),
  /** Null: no run was opened. */
  run: Run.nullable(),
  /** The last planned run that was to move the application; left out when there was none. */
  home: Run.optional(),
  objectives: z.object({ rtoSeconds: z.number().positive(), rpoSeconds: z.number().min(0) }),
  measured: Measured,
  checks: z.array(Check),
  timeline: z.array(TimelineLine),
  series: Series,
  environment: z.object({
    cpus: z.int().positive(),
    node: z.string(),
    postgres: z.string(),
    platform: z.string(),
  }),
});

type Evidence = Pick<z.infer<typeof Shape>, 'notDue' | 'objectives' | 'measured' | 'checks'>;

/**
 * All that stands against `passed`, in sentences; none: the game day met what was asked of it. Where no failover was due,
 * objectives do not apply: what must and must not have happened instead is among the checks. A loss that a person has accepted
 * by name may be above the RPO.
 */
export function shortfalls({ notDue, objectives, measured, checks }: Evidence): readonly string[] {
  const missed = [
    missedObjective('RTO', measured.rtoSeconds, objectives.rtoSeconds),
    measured.acceptedLossSeconds === undefined
      ? missedObjective('RPO', measured.rpoSeconds, objectives.rpoSeconds)
      : undefined,
  ].filter(() => notDue === null);
  const undecided = checks
    .filter(({ verdict }) => verdict !== 'passed')
    .map(
      ({ id, title, verdict, why }) => `${id} (${title}) ${verdict === 'failed' ? 'failed' : 'is undecided'}: ${why}`,
    );
  return [...missed.filter((sentence) => sentence !== undefined), ...undecided];
}

function missedObjective(name: string, seconds: number | null, objectiveSeconds: number): string | undefined {
  if (seconds === null) return `The ${name} could not be measured.`;
  if (seconds <= objectiveSeconds) return undefined;
  return `The ${name} of ${duration(seconds)} is above the objective of ${duration(objectiveSeconds)}.`;
}

/** The only source of a report's verdict. */
export const verdictOf = (evidence: Evidence): 'passed' | 'failed' =>
  shortfalls(evidence).length === 0 ? 'passed' : 'failed';

/** What a game day leaves behind as JSON; the text and the HTML are made from it alone. */
export const GameDayReport = Shape.refine((report) => report.verdict === 'failed' || shortfalls(report).length === 0, {
  path: ['verdict'],
  error: 'a report cannot pass with an objective missed or not measured, or with a check that did not pass',
});
export type GameDayReport = z.infer<typeof GameDayReport>;

/** The result in sentences: about time, about data, about the way home. The same in the terminal and on the page. */
export function headline(report: Pick<GameDayReport, 'measured' | 'notDue'>): readonly string[] {
  return [recoverySentence(report), lossSentence(report.measured), ...homeSentence(report.measured)];
}

function lossSentence({ acknowledgedWritesLost: lost, orphanedWrites }: GameDayReport['measured']): string {
  if (lost === null) return 'Lost writes could not be counted.';
  if (lost === 0) return 'No acknowledged write was lost.';
  const how = orphanedWrites === lost ? ' in the failover' : '';
  return `${plural(lost, 'acknowledged write')} ${lost === 1 ? 'was' : 'were'} lost${how}.`;
}

/** Nothing is said of a way home that nobody went. */
function homeSentence(measured: GameDayReport['measured']): readonly string[] {
  const { failbackAcknowledgedWritesLost: lost, failbackWriteGapSeconds: gap } = measured;
  if (gap === undefined || gap === null) return [];
  const loss = lost === 0 ? ', and lost no write' : '';
  return [`The way home stopped writes for ${duration(gap)}${loss}.`];
}

function recoverySentence({
  measured: { failbackWriteGapSeconds, rtoSeconds },
  notDue,
}: Pick<GameDayReport, 'measured' | 'notDue'>): string {
  if (notDue !== null && failbackWriteGapSeconds !== undefined) return 'The application moved as planned.';
  if (notDue !== null) {
    return rtoSeconds === null ? 'No failover was due, and none came.' : 'A failover came that was not due.';
  }
  return rtoSeconds === null ? 'Recovery could not be measured.' : `Recovered in ${duration(rtoSeconds)}.`;
}

/** Which Region went and which one took over; without a run only the first can be told, from who wrote first. */
export function regionsOf({ run, series }: Pick<GameDayReport, 'run' | 'series'>): {
  readonly lost: string;
  readonly recovered: string | undefined;
} {
  if (run) return { lost: run.from, recovered: run.to };
  const [first = 'the Region', second] = Object.keys(series.acknowledged);
  return { lost: first, recovered: second };
}
