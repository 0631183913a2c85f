import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Place, Run } from '../../domain/run.ts';
import type { Goal, Undo } from '../contract.ts';
import { canonicalValue, keyOf, type PlannedRecord, type RecordTarget, type Spec, targetText } from './spec.ts';

const LOOK_AGAIN_SECONDS = 1;
const WEIGHT_OF_ACTIVE = 100;

/** A record set as ListResourceRecordSets returns it, whole: a DELETE must repeat every field of it. */
export interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly Weight?: number;
  readonly Failover?: string;
  readonly TTL?: number;
  readonly ResourceRecords?: readonly { readonly Value: string }[];
  readonly AliasTarget?: {
    readonly HostedZoneId: string;
    readonly DNSName: string;
    readonly EvaluateTargetHealth: boolean;
  };
  readonly HealthCheckId?: string;
}

export type Answer =
  | { readonly answered: true; readonly values: readonly string[] }
  | { readonly answered: false; readonly why: string };

/** What one authoritative server says. The names are asked for only once it shows this run's epoch. */
export interface ServerFacts {
  readonly server: string;
  readonly epoch: Answer;
  readonly names: readonly { readonly name: string; readonly type: string; readonly answer: Answer }[];
}

export type Facts =
  | { readonly zone: 'absent' }
  | {
      readonly zone: 'present';
      /** The sets of the planned names and types, and of the epoch record; no others. */
      readonly sets: readonly RecordSet[];
      /** What GetChange says of the last batch that this process sent for this run; `unknown` in another process. */
      readonly change: 'PENDING' | 'INSYNC' | 'unknown';
      readonly servers: readonly ServerFacts[];
    };
type Present = Extract<Facts, { zone: 'present' }>;

export interface Change {
  readonly Action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly ResourceRecordSet: RecordSet;
}

/** One atomic batch, complete. It begins with the compare-and-swap of the epoch record. */
export interface Action {
  readonly type: 'point' | 'point-back';
  readonly changes: readonly Change[];
}

/** Which run pointed the names last, as the zone's TXT record says; `back`: and then put them back. */
interface Epoch {
  readonly number: number;
  readonly runId: string;
  readonly back: boolean;
}

export function check({ run }: Goal, spec: Spec, facts: Facts): Decision<Action> {
  if (facts.zone === 'absent') return refuse('zone-not-found', `there is no hosted zone ${spec.zoneId}`);
  const [written, ...others] = setsOf(spec.epochName, 'TXT', facts.sets);
  const epoch = written === undefined ? undefined : epochIn(written);
  if (epoch === 'unreadable' || others.length > 0) {
    const remedy = 'delete it, or give another epochName';
    return refuse('record-unusable', `${spec.epochName} TXT is not an epoch written by Understudy; ${remedy}`);
  }
  const overtaken = epoch === undefined ? undefined : overtakenBy(epoch, run);
  if (overtaken !== undefined) return refuse('stale-epoch', `${spec.epochName} says: ${overtaken}`);
  const unusable = spec.records.flatMap((record) => unusableBecause(record, facts.sets));
  if (unusable.length > 0) return refuse('record-unusable', unusable.join(' · '));
  const moving = spec.records.filter((record) => !pointsTo(run.to.place, record, facts.sets));
  if (epoch?.number === run.epoch && moving.length === 0) return visible(run, spec, facts);
  const changes = [...swap(run, spec, written), ...moving.flatMap((record) => moved(run, record, { spec, facts }))];
  const names = moving.map(({ name, type }) => `${name} ${type}`).join(', ') || 'nothing but the epoch';
  return act({ type: 'point', changes }, `point ${names} to ${run.to.region} under epoch ${run.epoch}`);
}

const setsOf = (name: string, type: string, sets: readonly RecordSet[]): readonly RecordSet[] =>
  sets.filter((set) => keyOf(set.Name, set.Type) === keyOf(name, type));

const epochText = ({ number, runId, back }: Epoch): string =>
  `epoch=${number} run=${encodeURIComponent(runId).slice(0, 200)}${back ? ' back' : ''}`;

const epochOf = ({ epoch, id }: Run, back = false): Epoch => ({ number: epoch, runId: id, back });

function parseEpoch(text: string): Epoch | undefined {
  const [, number, runId, back] = /^epoch=(\d{1,15}) run=([\w.!~*'()%-]{1,200})( back)?$/.exec(text) ?? [];
  if (number === undefined || runId === undefined) return undefined;
  return { number: Number(number), runId, back: back !== undefined };
}

function epochIn({ ResourceRecords, SetIdentifier }: RecordSet): Epoch | 'unreadable' {
  const [quoted, ...more] = ResourceRecords ?? [];
  const text = /^"([^"\\]*)"$/.exec(quoted?.Value ?? '')?.[1] ?? '';
  const readable = more.length === 0 && SetIdentifier === undefined;
  return (readable ? parseEpoch(text) : undefined) ?? 'unreadable';
}

function overtakenBy(epoch: Epoch, run: Run): string | undefined {
  if (epoch.number < run.epoch) return undefined;
  if (epochText(epoch) === epochText(epochOf(run))) return undefined;
  const own = epoch.number === run.epoch && epoch.back;
  if (own) return `run ${epoch.runId} has put the records back (epoch ${epoch.number})`;
  return `run ${epoch.runId} (epoch ${epoch.number}) has pointed the records, this one has epoch ${run.epoch}`;
}
