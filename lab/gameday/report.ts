import { availableParallelism } from 'node:os';
import { acceptedLoss } from '../../shared/domain/approval.ts';
import { isPlanned, type Run } from '../../shared/domain/run.ts';
import { type GameDayReport, verdictOf } from '../../shared/report/game-day-report.ts';
import { type Mark, phaseDurations, stepSpans, timeline } from '../../shared/report/timeline.ts';
import { journalsOf, type RunSeen, runsSeen, type ScenarioEvidence } from '../checkers/evidence.ts';
import { judgeExpectations } from '../checkers/expectations.ts';
import { judge } from '../checkers/invariants.ts';
import { cacheShareMs, moveGapMs, type WriteGap, writeGap } from './client/gaps.ts';
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
  const { lostAt, notDue = null, plan } = evidence;
  const gap = writeGap(result.acknowledgements, lostAt);
  const measured = measuredOf(parts, gap);
  const { rtoSeconds, rpoSeconds } = plan.objectives;
  const objectives = { rtoSeconds, rpoSeconds };
  const checks = [...judgeExpectations(parts.scenario.expectations, evidence), ...judge(evidence)];
  const run = incidentOf(evidence)?.run;
  const home = movesHome(evidence).at(-1)?.run;
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
    run: run === undefined ? null : shown(run),
    ...(home === undefined ? {} : { home: shown(home) }),
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

const shown = ({ epoch, from, id, reason, to, trigger }: Run): NonNullable<GameDayReport['run']> => ({
  id,
  epoch,
  from: from.region,
  to: to.region,
  trigger,
  reason,
});

/** The failover that answered the fault: the last before anybody planned anything, since one may take over another. */
function incidentOf(evidence: ScenarioEvidence): RunSeen | undefined {
  const seen = runsSeen(evidence);
  const planned = seen.findIndex(({ run }) => isPlanned(run));
  return seen.slice(0, planned === -1 ? undefined : planned).at(-1) ?? seen.at(-1);
}

/** The planned runs that were to move the application. */
const movesHome = (evidence: ScenarioEvidence): readonly RunSeen[] =>
  runsSeen(evidence).filter(({ run }) => run.purpose === 'failback' || run.purpose === 'switchover');

/** Nothing where nobody went home; null for what could not be measured. */
function homeMeasured({ evidence, result }: ReportParts): Partial<GameDayReport['measured']> {
  const { lostOnTheWay } = evidence;
  if (lostOnTheWay === undefined) return {};
  const moves = movesHome(evidence);
  const gaps = moves.map(({ run: { from, openedAt, to } }) =>
    moveGapMs(result.acknowledgements, { from: from.region, to: to.region, openedAt }),
  );
  const known = gaps.filter((gap) => gap !== undefined);
  const spans = stepSpans(moves.at(-1)?.entries ?? []);
  return {
    failbackWriteGapSeconds: known.length === 0 ? null : seconds(Math.max(...known)),
    failbackAcknowledgedWritesLost: lostOnTheWay?.inPlannedRuns ?? null,
    orphanedWrites: lostOnTheWay?.orphaned ?? null,
    orphanedWritesKept: lostOnTheWay?.orphansKept ?? null,
    failbackPhases: Object.fromEntries(
      spans.map(({ finishedAt, startedAt, step }) => [
        step,
        finishedAt === null ? null : seconds(finishedAt - startedAt),
      ]),
    ),
  };
}

function measuredOf(parts: ReportParts, gap: WriteGap | undefined): GameDayReport['measured'] {
  const { evidence, result, ttlSeconds } = parts;
  const { acknowledgedWritesLost, dnsAnswers, lostAt, rpoSeconds, writers } = evidence;
  const incident = incidentOf(evidence);
  const to = incident?.run.to.region;
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
    phases: phaseDurations(incident?.entries ?? [], lostAt),
    ...homeMeasured(parts),
  };
}

/** The flip is visible from the moment at which Flip DNS saw the authoritative servers answer with it. */
function flipInPublicView(evidence: ScenarioEvidence, firstAnswerAt: number): number {
  const settled = incidentOf(evidence)?.entries.find(({ event, step }) => step === 'flip-dns' && event === 'settled');
  return Math.min(settled?.at ?? firstAnswerAt, firstAnswerAt);
}

function marksOf({ evidence }: ReportParts, gap: WriteGap | undefined): readonly Mark[] {
  const { marks, writers } = evidence;
  const { openedAt = 0, to: { region: to } = {} } = incidentOf(evidence)?.run ?? {};
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
