import { CloudWatchClient, type MetricDataResult, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import {
  type DBInstance,
  PromoteReadReplicaCommand,
  RDSClient,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { converted } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { TransientError } from '../../domain/errors.ts';
import { isPlanned, type Run } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import { describe, notNow, toInstance } from './aws-instance.ts';
import { observeReverse, sendReverse } from './aws-reverse.ts';
import type { Action, Facts, ReverseAction, Sample, Seen, Source, SourceFacts } from './check.ts';
import type { Spec } from './spec.ts';

/** Only the newest samples matter; facts are recorded, so they stay small. */
const limits = { samples: 10, pages: 10 } as const;

/** To promote asks only the Region being activated: the replica and its lag metric both live there. */
export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Seen> {
  if (phase === 'isolate') return sourceOf(spec, run, outside);
  if (phase === 'reverse') return observeReverse(spec, run, outside);
  const [instance, samples] = await Promise.all([replicaOf(spec, run, outside), measured(spec, run, outside)]);
  return { instance, ...samples };
}

/** @throws TransientError when the instance is not in a state for that, or was changed meanwhile: look again. */
export async function act(action: Action, _spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const isAtSource = action.type === 'stop-source' || action.type === 'start-source';
  const { region } = isAtSource ? run.from : run.to;
  const client = outside.client(RDSClient, region);
  try {
    await converted(`${action.type} of ${action.instance} in ${region}`, () => sendTo(client, action));
  } catch (error) {
    throw notNow(error, { mayBeGone: isOnNames(action) });
  }
}

function sendTo(client: RDSClient, action: Action): Promise<unknown> {
  if (isOnNames(action)) return sendReverse(client, action);
  const input = { DBInstanceIdentifier: action.instance };
  if (action.type === 'promote') return client.send(new PromoteReadReplicaCommand(input));
  if (action.type === 'stop-source') return client.send(new StopDBInstanceCommand(input));
  return client.send(new StartDBInstanceCommand(input));
}

/** Those of phase reverse move instances from name to name. */
const isOnNames = (action: Action): action is ReverseAction =>
  action.type !== 'promote' && action.type !== 'stop-source' && action.type !== 'start-source';

/** A Region being left may be dead, so its silence is a fact. */
async function sourceOf(spec: Spec, { from }: Run, outside: Outside): Promise<SourceFacts> {
  try {
    const found = await describe(spec[from.place].instance, from.region, outside);
    return { source: found === 'absent' ? 'absent' : toSource(found) };
  } catch (error) {
    // Silence, throttling or 5xx: in a Region that fails, each means that the fence is not confirmed.
    if (error instanceof TransientError) return { source: 'unanswered' };
    throw error;
  }
}

const toSource = (found: DBInstance): Source => ({
  status: found.DBInstanceStatus ?? 'unknown',
  engine: found.Engine ?? 'unknown',
  isMultiAz: found.MultiAZ ?? false,
  isReplica: Boolean(found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier),
  replicas: [...(found.ReadReplicaDBInstanceIdentifiers ?? []), ...(found.ReadReplicaDBClusterIdentifiers ?? [])],
});

async function replicaOf(spec: Spec, { to }: Run, outside: Outside): Promise<Facts['instance']> {
  const found = await describe(spec[to.place].instance, to.region, outside);
  return found === 'absent' ? 'absent' : toInstance(found);
}

type Measured = Pick<Facts, 'lagSamples' | 'heartbeatAges' | 'writeRates'>;

/**
 * Throws when CloudWatch does not answer for the moment: that is no reason to refuse, but to look again. A planned run does not
 * ask for what it does not need: it is in a hurry while writes are frozen.
 */
async function measured(spec: Spec, run: Run, outside: Outside): Promise<Measured> {
  if (isPlanned(run)) return { lagSamples: [], heartbeatAges: [], writeRates: [] };
  const { instance } = spec[run.to.place];
  const client = outside.client(CloudWatchClient, run.to.region);
  return converted(`reading the lag of ${instance} in ${run.to.region}`, () => readSamples(client, spec, run));
}

async function readSamples(client: CloudWatchClient, spec: Spec, run: Run): Promise<Measured> {
  const found = { lag: [] as Sample[], heartbeat: [] as Sample[], writes: [] as Sample[] };
  let isLagUnknown = false;
  let pages = 0;
  for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, queryOf(spec, run))) {
    for (const result of MetricDataResults) {
      const id = metricIds.find((one) => one === result.Id);
      if (id === undefined) continue;
      isLagUnknown ||= id === 'lag' && (result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden');
      found[id].push(...toSamples(spec, result));
    }
    pages += 1;
    if (metricIds.every((id) => found[id].length >= limits.samples) || pages >= limits.pages) break;
  }
  const newest = (id: MetricId): readonly Sample[] => found[id].slice(0, limits.samples);
  return {
    lagSamples: isLagUnknown ? 'unknown' : newest('lag'),
    heartbeatAges: newest('heartbeat'),
    writeRates: newest('writes'),
  };
}

const metricIds = ['lag', 'heartbeat', 'writes'] as const;
type MetricId = (typeof metricIds)[number];

/**
 * Maximum, because the worst moment of a period bounds the loss; newest first, because only those are kept. Heartbeat and
 * write rate are published by the probe function (shared/signals/probe.ts), if the application tells them.
 */
function queryOf(spec: Spec, { application, incidentAt, to }: Run) {
  const query = (Id: MetricId, Namespace: string, MetricName: string, dimensions: Readonly<Record<string, string>>) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const Metric = { Namespace, MetricName, Dimensions };
    return { Id, MetricStat: { Metric, Period: spec.lagPeriodSeconds, Stat: 'Maximum' } };
  };
  const told = { Application: application, Place: to.place };
  return {
    MetricDataQueries: [
      query('lag', 'AWS/RDS', 'ReplicaLag', { DBInstanceIdentifier: spec[to.place].instance }),
      query('heartbeat', 'Understudy', 'HeartbeatAgeSeconds', told),
      query('writes', 'Understudy', 'WritesPerSecond', told),
    ],
    // A period that began earlier may end inside the window.
    StartTime: new Date(incidentAt - (spec.lagAgeSecondsMax + spec.lagPeriodSeconds) * 1000),
    EndTime: new Date(incidentAt),
    ScanBy: 'TimestampDescending' as const,
  };
}

/**
 * CloudWatch stamps a period with its start. The period in which the incident began holds values from after it, so a
 * sample counts from its period's end.
 */
function toSamples(spec: Spec, { Timestamps = [], Values = [] }: MetricDataResult): readonly Sample[] {
  return Timestamps.flatMap((startedAt, index) => {
    const value = Values[index];
    return value === undefined ? [] : { at: startedAt.getTime() + spec.lagPeriodSeconds * 1000, value };
  });
}
