import * as z from 'zod';
import { type Instant, isPlanned, type Place } from '../../../shared/domain/run.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { ApiCall } from '../../cloud/history.ts';
import type { DayHistory } from '../history.ts';
import { clock, effectsOf } from './facts.ts';

/** As shared/kinds/rds-read-replica reads the metric: whole periods that ended before the incident. */
const periodMs = 60_000;
const ageMsMax = 300_000;
const periodEnd = (at: Instant): Instant => (Math.floor(at / periodMs) + 1) * periodMs;

/** I5. By what the simulated RDS published, not by what the run says that it read. */
export function promotedWithinRpo(history: DayHistory): Finding {
  const { lag, plan, runs } = history;
  const promotions = effectsOf(history).filter(({ call }) => call.command === 'PromoteReadReplica');
  for (const { appliedAt, call } of promotions) {
    // A planned run proves more: see plannedLosesNothing.
    if (isPlannedRun(call.runId, history)) continue;
    const incidentAt = runs.find(({ run }) => run.id === call.runId)?.run.incidentAt ?? appliedAt;
    const there = lag.filter(({ region = call.endpointRegion }) => region === call.endpointRegion);
    const usable = there.filter(({ at }) => periodEnd(at) <= incidentAt && periodEnd(at) >= incidentAt - ageMsMax);
    const newest = Math.max(...usable.map(({ at }) => periodEnd(at)));
    const worst = Math.max(...usable.filter(({ at }) => periodEnd(at) === newest).map(({ lagSeconds }) => lagSeconds));
    const what = `promoted at ${clock(appliedAt, history)}`;
    if (wasAccepted(call, history)) continue;
    const isKnown = usable.length > 0 && worst >= 0;
    // One from before replication was seen to be stopped says nothing.
    const from = Math.max(incidentAt - ageMsMax, usable.length > 0 ? newest : 0);
    if (!isKnown && !hasFreshHeartbeat(call.endpointRegion, { from, until: incidentAt }, history))
      return failed(`${what} although the lag was unknown`);
    if (worst > plan.objectives.rpoSeconds) return failed(`${what} although the lag was ${worst} s`);
  }
  return passed(promotions.length === 0 ? 'nothing was promoted' : `${promotions.length} promotions within the RPO`);
}

/** I5. A planned run promotes a database that has every row of the one it leaves, by what the two hold at that moment. */
export function plannedLosesNothing(history: DayHistory): Finding {
  const moves = effectsOf(history).filter(
    ({ call }) => call.command === 'PromoteReadReplica' && isPlannedRun(call.runId, history),
  );
  for (const { appliedAt, call } of moves) {
    const done = history.promotions.find(({ at, region }) => region === call.endpointRegion && at >= appliedAt);
    if (done !== undefined && done.missing.length > 0)
      return failed(`${call.runId} promoted at ${clock(done.at, history)} without ${done.missing.length} rows`);
  }
  return passed(`${moves.length} planned promotions`);
}

/** I5. Whatever a client was told is in the database in charge at last, but for what a failover has left behind. */
export function nothingElseIsLost(history: DayHistory): Finding {
  const { acknowledgements, lastRows, promotions } = history;
  const leftBehind = new Set(promotions.flatMap(({ missing }) => missing));
  const lost = acknowledgements.filter(({ id }) => !lastRows.has(id) && !leftBehind.has(id));
  const [first] = lost;
  if (first === undefined) return passed(`${acknowledgements.length} orders were acknowledged`);
  return failed(
    `${lost.length} acknowledged orders are gone, the first of ${first.region} at ${clock(first.at, history)}`,
  );
}

const isPlannedRun = (runId: string | undefined, { runs }: DayHistory): boolean =>
  runs.some(({ run }) => run.id === runId && isPlanned(run));

interface Span {
  readonly from: Instant;
  readonly until: Instant;
}

/** The standby had heard of the writer within the RPO, by what probes have published there, in periods that end in this time. */
function hasFreshHeartbeat(region: string, { from, until }: Span, { calls, plan }: DayHistory): boolean {
  return calls.some(({ applied, at, command, endpointRegion, input }) => {
    if (!applied || command !== 'PutMetricData' || endpointRegion !== region || periodEnd(at) < from) return false;
    const { MetricData = [] } = input as { readonly MetricData?: readonly Datum[] };
    return MetricData.some(
      ({ Dimensions = [], MetricName, Timestamp, Value = Number.NaN }) =>
        MetricName === 'HeartbeatAgeSeconds' &&
        Dimensions.some(({ Value: place }) => place !== undefined && plan.regions[place as Place] === region) &&
        (Timestamp?.getTime() ?? until) <= until &&
        Value <= plan.objectives.rpoSeconds,
    );
  });
}

interface Datum {
  readonly MetricName?: string;
  readonly Value?: number;
  readonly Timestamp?: Date;
  readonly Dimensions?: readonly { readonly Value?: string }[];
}

/** A person has permitted the loss before, to this run or to one that it has taken over. */
function wasAccepted({ at, runId }: ApiCall, { plan, runs }: DayHistory): boolean {
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  const epoch = runs.find(({ run }) => run.id === runId)?.run.epoch ?? 0;
  return runs.some(
    ({ entries, run }) =>
      run.epoch <= epoch &&
      entries.some(
        (entry) => entry.at <= at + skewMs && Accepted.safeParse(entry.data).success && entry.event === 'answered',
      ),
  );
}

const Accepted = z.object({ granted: z.array(z.object({ need: z.literal('accept-data-loss') })).min(1) });
