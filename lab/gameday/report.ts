import { availableParallelism } from 'node:os';
import { acceptedLoss } from '../../shared/domain/approval.ts';
import { type GameDayReport, verdictOf } from '../../shared/report/game-day-report.ts';
import { type Mark, phaseDurations, timeline } from '../../shared/report/timeline.ts';
import { journalsOf, type ScenarioEvidence } from '../checkers/evidence.ts';
import { judgeExpectations } from '../checkers/expectations.ts';
import { judge } from '../checkers/invariants.ts';
import { cacheShareMs, type WriteGap, writeGap } from './client/gaps.ts';
import type { ClientResult } from './client/result.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface ReportParts {
  readonly scenario: Pick<Scenario, 'name' | 'story' | 'expectations'>;
  readonly startedAt: number;
  readonly ttlSeconds: number;
  readonly evidence: ScenarioEvidence;
  readonly result: ClientResult;
  readonly postgres: string;
}

/** Everything in it is measured: what could not be is null, and null is not passed. */
export function reportOf(parts: ReportParts): GameDayReport {
  const { evidence, result } = parts;
  const { lostAt, notDue = null, plan, runs } = evidence;
  const gap = writeGap(result.acknowledgements, lostAt);
  const measured = measuredOf(parts, gap);
  const { rtoSeconds, rpoSeconds } = plan.objectives;
  const objectives = { rtoSeconds, rpoSeconds };
  const checks = [...judgeExpectations(parts.scenario.expectations, evidence), ...judge(evidence)];
  const run = runs.at(-1);
  return {
    schema: 1,
    kind: 'gameday',
    application: plan.application,
    scenario: parts.scenario.name,
    story: parts.scenario.story,
    verdict: verdictOf({ notDue, objectives, measured, checks }),
    notDue,
    startedAt: Math.round(parts.startedAt),
    lostAt: Math.round(lostAt),
    run:
      run === undefined
        ? null
        : {
            id: run.id,
            epoch: run.epoch,
            from: run.from.region,
            to: run.to.region,
            trigger: run.trigger,
            reason: run.reason,
          },
    objectives,
    measured,
    checks,
    timeline: timeline(journalsOf(evidence).flat(), marksOf(parts, gap)),
    series: seriesOf(result),
    environment: {
      cpus: availableParallelism(),
      node: process.version,
      postgres: parts.postgres,
      platform: `${process.platform} ${process.arch}`,
    },
  };
}

function measuredOf(
  { evidence, result, ttlSeconds }: ReportParts,
  gap: WriteGap | undefined,
): GameDayReport['measured'] {
  const { acknowledgedWritesLost, dnsAnswers, entries, lostAt, rpoSeconds, runs, writers } = evidence;
  const to = runs.at(-1)?.to.region;
  const flippedAt = dnsAnswers.find(({ addresses }) => addresses.some((one) => writers.regionOf[one] === to))?.at;
  const cacheMs =
    gap === undefined || flippedAt === undefined
      ? null
      : cacheShareMs(result.resolutions, flipInPublicView(evidence, flippedAt), gap.gapEndAt);
  const accepted = acceptedLoss(journalsOf(evidence).flat());
  return {
    rtoSeconds: gap === undefined ? null : seconds(gap.gapMs),
    rpoSeconds: rpoSeconds === null ? null : seconds(rpoSeconds * 1000),
    ...(accepted === undefined ? {} : { acceptedLossSeconds: accepted }),
    acknowledgedWrites: result.acknowledgements.length,
    acknowledgedWritesLost,
    writersOverlapMs: writers.overlapMs,
    ttlSeconds,
    dnsCacheShareSeconds: cacheMs === null ? null : seconds(cacheMs),
    phases: phaseDurations(entries, lostAt),
  };
}

/** The flip is visible from the moment at which Flip DNS saw the authoritative servers answer with it. */
function flipInPublicView({ entries }: Pick<ScenarioEvidence, 'entries'>, firstAnswerAt: number): number {
  const settled = entries.find(({ event, step }) => step === 'flip-dns' && event === 'settled');
  return Math.min(settled?.at ?? firstAnswerAt, firstAnswerAt);
}

function marksOf({ evidence }: ReportParts, gap: WriteGap | undefined): readonly Mark[] {
  const { marks, writers, runs } = evidence;
  const to = runs.at(-1)?.to.region;
  const openedAt = runs.at(-1)?.openedAt ?? 0;
  const writable = writers.terms.find(({ region, since }) => region === to && since >= openedAt)?.since;
  return [
    ...marks,
    ...(writable === undefined
      ? []
      : [{ at: writable, event: 'writable', why: `the database of ${to} accepts writes` }]),
    ...(gap === undefined
      ? []
      : [{ at: gap.gapEndAt, event: 'first-write', why: 'the first order acknowledged through the public name' }]),
  ];
}

const bucketMs = 100;

function seriesOf({ acknowledgements, failedAttemptsAt, startedAt, stoppedAt }: ClientResult): GameDayReport['series'] {
  const length = Math.max(1, Math.ceil((stoppedAt - startedAt) / bucketMs));
  const counted = (instants: readonly number[]): number[] => {
    const counts = new Array<number>(length).fill(0);
    for (const at of instants) {
      const bucket = Math.min(length - 1, Math.max(0, Math.floor((at - startedAt) / bucketMs)));
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  };
  const byRegion = Map.groupBy(acknowledgements, ({ region }) => region);
  const acknowledged = [...byRegion].map(([region, acks]) => [region, counted(acks.map((ack) => ack.acknowledgedAt))]);
  return {
    startedAt: Math.round(startedAt),
    bucketMs,
    acknowledged: Object.fromEntries(acknowledged),
    failed: counted(failedAttemptsAt),
  };
}

const seconds = (ms: number): number => Math.max(0, Math.round(ms)) / 1000;
