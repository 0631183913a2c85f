import canonicalize from 'canonicalize';
import type { Instant, Run } from '../../../shared/domain/run.ts';
import type { ApiCall } from '../../cloud/history.ts';
import type { DayHistory } from '../history.ts';

/** Bookkeeping, signals and messages are not effects on the application. */
const resourceServices = new Set(['RDS', 'ECS', 'Route53']);

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
  for (const call of calls) {
    if (!call.applied || !call.mutating || call.caller === '' || !resourceServices.has(call.service)) continue;
    const sending = call.sending ?? call.id;
    if (bySending.has(sending)) continue;
    const key = `${call.service} ${call.command} ${call.endpointRegion} ${canonicalize(call.input) ?? ''}`;
    bySending.set(sending, { call, appliedAt: call.appliedAt ?? call.at, key });
  }
  return [...bySending.values()].sort((one, other) => one.appliedAt - other.appliedAt);
}

/** What one applied write left in the lock item. */
export interface LockWrite {
  readonly at: Instant;
  readonly epoch: number;
  readonly heartbeatAt: number;
  /** Of the run that it opened or kept open; undefined when it closed one. */
  readonly runId: string | undefined;
  readonly isHeartbeat: boolean;
  /** As the item tells of the run before. */
  readonly lastRun: { readonly id: string; readonly endedAt: number; readonly isAcknowledged: boolean } | undefined;
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
      return { at, epoch: numberOf(values[':epoch']), heartbeatAt, runId, isHeartbeat: true, lastRun: undefined };
    }
    const runId = Item['currentRun']?.M?.['id']?.S;
    const last = Item['lastRun']?.M;
    const lastRun = last && {
      id: last['id']?.S ?? '',
      endedAt: numberOf(last['endedAt']),
      isAcknowledged: last['acknowledgedBy'] !== undefined,
    };
    return {
      at,
      epoch: numberOf(Item['epoch']),
      heartbeatAt: numberOf(Item['heartbeatAt']),
      runId,
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

/** Which place a batch of Route 53 points to, by the weights it sets; undefined when it sets none. */
export function pointedPlace({ input }: ApiCall): string | undefined {
  const { ChangeBatch } = input as { readonly ChangeBatch?: { readonly Changes?: readonly Change[] } };
  return ChangeBatch?.Changes?.map(({ ResourceRecordSet: set }) => set).find((set) => (set?.Weight ?? 0) > 0)
    ?.SetIdentifier;
}

interface Change {
  readonly ResourceRecordSet?: { readonly SetIdentifier?: string; readonly Weight?: number };
}

export const clock = (at: Instant, { startedAt }: Pick<DayHistory, 'startedAt'>): string =>
  `${((at - startedAt) / 1000).toFixed(1)} s`;
