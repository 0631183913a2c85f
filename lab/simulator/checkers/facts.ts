import canonicalize from 'canonicalize';
import { type Instant, places, type Run } from '../../../shared/domain/run.ts';
import type { ApiCall } from '../../cloud/history.ts';
import type { DayHistory } from '../history.ts';

/** Bookkeeping, signals and messages are not effects on the application. */
const resourceServices = new Set([
  ...['RDS', 'ECS', 'EC2', 'S3', 'Route53', 'Route53RecoveryCluster'],
  ...['Lambda', 'EventBridge', 'Scheduler'],
]);

/** One command that took effect on a resource; the attempts of an SDK client are one command. */
export interface Effect {
  readonly call: ApiCall;
  readonly appliedAt: Instant;
  readonly key: string;
}

/** Of a day that is over: each checker asks for them, and they are found once. */
const found = new WeakMap<DayHistory['calls'], readonly Effect[]>();

/** Oldest first. */
export function effectsOf({ calls }: Pick<DayHistory, 'calls'>): readonly Effect[] {
  const effects = found.get(calls) ?? effectsIn(calls);
  found.set(calls, effects);
  return effects;
}

function effectsIn(calls: DayHistory['calls']): readonly Effect[] {
  const bySending = new Map<string, Effect>();
  const tried = new Map<string, Set<string>>();
  for (const call of calls) {
    if (!call.applied || !call.mutating || call.caller === '' || !resourceServices.has(call.service)) continue;
    const sending = call.sending ?? call.id;
    const key = `${call.service} ${call.command} ${placeOf(call)} ${canonicalize(call.input) ?? ''}`;
    if (bySending.has(sending) || isNextEndpoint(call, key, tried)) continue;
    bySending.set(sending, { call, appliedAt: call.appliedAt ?? call.at, key });
  }
  return [...bySending.values()].sort((one, other) => one.appliedAt - other.appliedAt);
}

/** Whoever hears nothing from one endpoint of a cluster asks the next one: together they are one command. */
function isNextEndpoint(
  { endpointRegion, runId, service }: ApiCall,
  key: string,
  tried: Map<string, Set<string>>,
): boolean {
  if (service !== 'Route53RecoveryCluster') return false;
  const before = tried.get(`${runId} ${key}`);
  if (before === undefined || before.has(endpointRegion)) {
    tried.set(`${runId} ${key}`, new Set([endpointRegion]));
    return false;
  }
  before.add(endpointRegion);
  return true;
}

/** Where a command takes effect: all five endpoints of a cluster of routing controls are the same cluster. */
export const placeOf = ({ endpointRegion, service }: ApiCall): string =>
  service === 'Route53RecoveryCluster' ? 'the cluster' : endpointRegion;

export interface LastRun {
  readonly id: string;
  readonly end: string;
  readonly endedAt: number;
  readonly isAcknowledged: boolean;
}

/** What one applied write left in the lock item. */
export interface LockWrite {
  readonly at: Instant;
  readonly epoch: number;
  readonly heartbeatAt: number;
  /** Of the run that it opened or kept open; undefined when it closed one. */
  readonly runId: string | undefined;
  /** Of the run that it opened; undefined for a heartbeat, too. */
  readonly purpose: string | undefined;
  readonly isHeartbeat: boolean;
  /** As the item tells of the run before. */
  readonly lastRun: LastRun | undefined;
}

interface Attribute {
  readonly S?: string;
  readonly N?: string;
  readonly M?: Readonly<Record<string, Attribute>>;
}
type Attributes = Readonly<Record<string, Attribute>>;

interface Writing {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ExpressionAttributeValues?: Attributes;
  readonly UpdateExpression?: string;
}

/** Applied writes to one item of the application, in the order in which they took effect. */
function writesTo(item: string, { calls }: Pick<DayHistory, 'calls'>): readonly { at: Instant; input: Writing }[] {
  return calls
    .filter(({ applied, mutating, service }) => applied && mutating && service === 'DynamoDB')
    .map(({ appliedAt, at, input }) => ({ at: appliedAt ?? at, input: input as Writing }))
    .filter(({ input }) => (input.Item ?? input.Key)?.['sk']?.S === item)
    .sort((one, other) => one.at - other.at);
}

const numberOf = (attribute: Attribute | undefined): number => Number(attribute?.N);

export function lockWrites(history: Pick<DayHistory, 'calls'>): readonly LockWrite[] {
  return writesTo('lock', history).map(({ at, input }) => {
    const { ExpressionAttributeValues: values = {}, Item } = input;
    if (Item === undefined) {
      const heartbeatAt = numberOf(values[':set_heartbeatAt']);
      const runId = values[':runId']?.S;
      return {
        at,
        epoch: numberOf(values[':epoch']),
        heartbeatAt,
        runId,
        purpose: undefined,
        isHeartbeat: true,
        lastRun: undefined,
      };
    }
    const run = Item['currentRun']?.M;
    const last = Item['lastRun']?.M;
    const lastRun = last && {
      id: last['id']?.S ?? '',
      end: last['end']?.S ?? '',
      endedAt: numberOf(last['endedAt']),
      isAcknowledged: last['acknowledgedBy'] !== undefined,
    };
    return {
      at,
      epoch: numberOf(Item['epoch']),
      heartbeatAt: numberOf(Item['heartbeatAt']),
      runId: run?.['id']?.S,
      purpose: run?.['purpose']?.S,
      isHeartbeat: false,
      lastRun,
    };
  });
}

/** Who holds the write lease from when on. */
export interface LeaseWrite {
  readonly at: Instant;
  readonly holder: string;
}

export function leaseWrites(history: Pick<DayHistory, 'calls'>): readonly LeaseWrite[] {
  return writesTo('lease', history).flatMap(({ at, input }) => {
    const { ExpressionAttributeValues: values = {}, Item } = input;
    const holder = Item?.['holder']?.S ?? values[':set_holder']?.S;
    return holder === undefined ? [] : [{ at, holder }];
  });
}

/** A grant that was written: until then, by the clocks of its Region, commits are taken there. */
export interface Granted {
  readonly at: Instant;
  readonly region: string;
  readonly expiresAt: number;
}

export function grantsOf(history: Pick<DayHistory, 'calls'>): readonly Granted[] {
  return writesTo('lease', history).flatMap(({ at, input }) => {
    const { ExpressionAttributeValues: values = {} } = input;
    const region = values[':set_holder']?.S ?? values[':holder']?.S;
    const expiresAt = numberOf(values[':set_expiresAt']);
    return region === undefined || Number.isNaN(expiresAt) ? [] : [{ at, region, expiresAt }];
  });
}

/** The moment at which a run of a higher epoch was opened; undefined when none was. */
export const overtakenAt = (run: Run, writes: readonly LockWrite[]): Instant | undefined =>
  writes.find(({ epoch, isHeartbeat }) => !isHeartbeat && epoch > run.epoch)?.at;

/**
 * Which place a call points traffic to: by the weights that a batch of Route 53 sets, by the claim that an object makes, or by
 * the routing control that goes on; undefined when it points to none.
 */
export function pointedPlace({ command, input }: ApiCall): string | undefined {
  const { Body, Bucket, ChangeBatch, UpdateRoutingControlStateEntries: entries } = input as Pointing;
  if (command === 'PutObject' && Bucket !== undefined)
    return Body?.includes('"active":true') === true ? placeIn(Bucket) : undefined;
  const on = entries?.find(({ RoutingControlState }) => RoutingControlState === 'On')?.RoutingControlArn;
  if (on !== undefined) return on.endsWith('/a1') ? 'primary' : 'recovery';
  return ChangeBatch?.Changes?.map(({ ResourceRecordSet: set }) => set).find((set) => (set?.Weight ?? 0) > 0)
    ?.SetIdentifier;
}

/** As lab/gameday/traffic.ts names the buckets. */
const placeIn = (bucket: string): string | undefined => places.find((place) => bucket.endsWith(place));

interface Pointing {
  readonly ChangeBatch?: { readonly Changes?: readonly Change[] };
  readonly Bucket?: string;
  readonly Body?: string;
  readonly UpdateRoutingControlStateEntries?: readonly {
    readonly RoutingControlArn?: string;
    readonly RoutingControlState?: string;
  }[];
}

interface Change {
  readonly ResourceRecordSet?: { readonly SetIdentifier?: string; readonly Weight?: number };
}

export const clock = (at: Instant, { startedAt }: Pick<DayHistory, 'startedAt'>): string =>
  `${((at - startedAt) / 1000).toFixed(1)} s`;
