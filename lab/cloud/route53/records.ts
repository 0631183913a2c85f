import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { normalName, reversedLabels } from './names.ts';

export type RecordSet = ResourceRecordSet & { readonly Name: string; readonly Type: string };
/** By recordKey(). Replaced and never changed, so that a name server can keep an older one. */
export type Records = ReadonlyMap<string, RecordSet>;

export const recordKey = ({ Name, Type, SetIdentifier }: RecordSet): string =>
  JSON.stringify([Name, Type, SetIdentifier ?? '']);

export const normalRecord = (record: ResourceRecordSet): RecordSet => ({
  ...record,
  Name: normalName(record.Name ?? ''),
  Type: record.Type ?? ('' as never),
});

/** By name with reversed labels, then type, then set identifier. */
export function inOrder(records: Records): readonly RecordSet[] {
  return [...records.values()].sort((a, b) => (comesBefore(position(a), position(b)) ? -1 : 1));
}

type Position = readonly [string, string, string];

export const position = (record: {
  Name: string;
  Type?: string | undefined;
  SetIdentifier?: string | undefined;
}): Position => [reversedLabels(record.Name), record.Type ?? '', record.SetIdentifier ?? ''];

export function comesBefore(a: Position, b: Position): boolean {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index !== -1 && (a[index] ?? '') < (b[index] ?? '');
}

export interface Applied {
  readonly records: Records;
  /** Why the batch is refused; empty when it is accepted. */
  readonly messages: readonly string[];
}

/** Applies a batch in its order. Nothing of it counts when there is a message: batches are atomic. */
export function applyChanges(records: Records, changes: readonly Change[]): Applied {
  const next = new Map(records);
  const messages = changes.flatMap((change) => applyOne(next, change) ?? []);
  return { records: next, messages };
}

function applyOne(records: Map<string, RecordSet>, change: Change): string | undefined {
  const wanted = normalRecord(change.ResourceRecordSet ?? { Name: undefined, Type: undefined });
  const key = recordKey(wanted);
  const existing = records.get(key);
  if (change.Action === 'CREATE' && existing !== undefined) {
    return `Tried to create resource record set ${label(wanted)} but it already exists`;
  }
  if (change.Action !== 'DELETE') {
    records.set(key, wanted);
    return undefined;
  }
  if (existing === undefined) return `Tried to delete resource record set ${label(wanted)} but it was not found`;
  if (fingerprint(existing) !== fingerprint(wanted)) {
    return `Tried to delete resource record set ${label(wanted)} but the values provided do not match the current values`;
  }
  records.delete(key);
  return undefined;
}

export function label({ Name, Type, SetIdentifier }: RecordSet): string {
  const set = SetIdentifier === undefined ? '' : `, set identifier='${SetIdentifier}'`;
  return `[name='${Name}', type='${Type}'${set}]`;
}

/** Two record sets are equal whatever the order of their values. */
function fingerprint(record: RecordSet): string {
  const values = (record.ResourceRecords ?? []).map(({ Value }) => Value ?? '').sort();
  const alias = record.AliasTarget;
  const target = alias && [alias.HostedZoneId, normalName(alias.DNSName ?? ''), alias.EvaluateTargetHealth];
  return JSON.stringify([record.TTL, values, record.Weight, record.Failover, record.HealthCheckId, target]);
}
