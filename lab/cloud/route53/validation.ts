import { isIPv4, isIPv6 } from 'node:net';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { notSimulated } from '../errors.ts';
import { isWithin, normalName } from './names.ts';
import { label, normalRecord, type RecordSet, type Records } from './records.ts';

export interface ZoneFacts {
  readonly id: string;
  readonly name: string;
  readonly hasHealthCheck: (id: string) => boolean;
}

const simulatedTypes = ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'SOA', 'MX', 'SRV', 'CAA'];
const recordElementsMax = 1000;

/** What is wrong with the changes by themselves. An UPSERT counts twice towards the limit of 1,000 record elements. */
export function checkChanges(changes: readonly Change[], zone: ZoneFacts): readonly string[] {
  const elements = changes.reduce((sum, { Action, ResourceRecordSet: record }) => {
    return sum + (record?.ResourceRecords?.length ?? 1) * (Action === 'UPSERT' ? 2 : 1);
  }, 0);
  if (changes.length === 0) return ['The batch has no changes'];
  if (elements > recordElementsMax) return [`Number of records limit of ${recordElementsMax} exceeded.`];
  return changes.flatMap(({ ResourceRecordSet: record }) => checkRecord(record ?? { Name: '', Type: 'A' }, zone));
}

function checkRecord(raw: ResourceRecordSet, zone: ZoneFacts): readonly string[] {
  const record = normalRecord(raw);
  if (!simulatedTypes.includes(record.Type)) throw notSimulated('Route53', `record type ${record.Type}`);
  const isInZone = isWithin(record.Name, zone.name);
  return [
    ...(isInZone ? [] : [`RRSet with DNS name ${record.Name} is not permitted in zone ${zone.name}`]),
    ...checkRouting(record),
    ...(record.AliasTarget === undefined ? checkValues(record) : checkAlias(record, zone)),
    ...(record.Type === 'CNAME' && record.Name === zone.name
      ? [`RRSet of type CNAME with DNS name ${record.Name} is not permitted at apex in zone ${zone.name}`]
      : []),
  ];
}

function checkRouting(record: RecordSet): readonly string[] {
  const unknown = (
    ['Region', 'GeoLocation', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation'] as const
  ).find((field) => record[field] !== undefined);
  if (unknown !== undefined) throw notSimulated('Route53', `routing by ${unknown}`);
  const policies = [record.Weight, record.Failover].filter((policy) => policy !== undefined).length;
  const hasIdentifier = record.SetIdentifier !== undefined;
  const weight = record.Weight ?? 0;
  return [
    ...(policies > 1 ? [`${label(record)} has more than one routing policy`] : []),
    ...(policies === 1 && !hasIdentifier ? [`Missing field 'SetIdentifier' in ${label(record)}`] : []),
    ...(policies === 0 && hasIdentifier ? [`SetIdentifier without a routing policy in ${label(record)}`] : []),
    ...(Number.isInteger(weight) && weight >= 0 && weight <= 255 ? [] : [`Weight ${weight} is not between 0 and 255`]),
  ];
}

function checkValues(record: RecordSet): readonly string[] {
  const values = (record.ResourceRecords ?? []).map(({ Value }) => Value ?? '');
  return [
    ...(record.TTL === undefined ? [`Missing field 'TTL' in ${label(record)}`] : []),
    ...(values.length === 0 ? [`Missing field 'ResourceRecords' in ${label(record)}`] : []),
    ...(new Set(values).size < values.length ? [`Duplicate Resource Record in ${label(record)}`] : []),
    ...(record.Type === 'CNAME' && values.length > 1 ? [`${label(record)} has more than one value`] : []),
    ...values.flatMap((value) => checkValue(record.Type, value) ?? []),
  ];
}

function checkValue(type: string, value: string): string | undefined {
  const isQuoted = /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value);
  const problem =
    (type === 'A' && !isIPv4(value) && 'ARRDATAIllegalIPv4Address') ||
    (type === 'AAAA' && !isIPv6(value) && 'AAAARRDATAIllegalIPv6Address') ||
    (type === 'TXT' && !isQuoted && 'InvalidCharacterString (Value should be enclosed in quotation marks)');
  return problem ? `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''` : undefined;
}

function checkAlias(record: RecordSet, zone: ZoneFacts): readonly string[] {
  if (record.AliasTarget?.HostedZoneId !== zone.id) throw notSimulated('Route53', 'an alias to another zone');
  const hasValues = record.TTL !== undefined || record.ResourceRecords !== undefined;
  return hasValues ? [`${label(record)} has both an AliasTarget and a TTL or ResourceRecords`] : [];
}

/** What would be wrong with the zone after the batch. */
export function checkZone(records: Records, zone: ZoneFacts): readonly string[] {
  const all = [...records.values()];
  return [
    ...(['NS', 'SOA'] as const).flatMap((type) =>
      all.some(({ Name, Type }) => Name === zone.name && Type === type)
        ? []
        : [`A HostedZone must contain its ${type} record`],
    ),
    ...all.flatMap((record) => checkReferences(record, all, zone)),
    ...[...Map.groupBy(all, ({ Name, Type }) => `${Name} ${Type}`).values()].flatMap(checkGroup),
    ...[...Map.groupBy(all, ({ Name }) => Name).values()].flatMap(checkCname),
  ];
}

function checkReferences(record: RecordSet, all: readonly RecordSet[], zone: ZoneFacts): readonly string[] {
  const { HealthCheckId: healthCheck, AliasTarget: alias } = record;
  const target = alias && normalName(alias.DNSName ?? '');
  const isFound = all.some(({ Name, Type }) => Name === target && Type === record.Type);
  return [
    ...(healthCheck && !zone.hasHealthCheck(healthCheck) ? [`No health check exists with ID: ${healthCheck}`] : []),
    ...(target && !isFound ? [`Tried to create an alias that targets ${target}, but that target was not found`] : []),
  ];
}

/** Records of one name and type share one routing policy; a simple record stands alone. */
function checkGroup(group: readonly RecordSet[]): readonly string[] {
  const [first] = group;
  if (first === undefined || group.length === 1) return [];
  const policies = new Set(group.map(({ Weight, Failover }) => `${Weight !== undefined} ${Failover !== undefined}`));
  const roles = group.flatMap(({ Failover }) => Failover ?? []);
  const isMixed = policies.size > 1 || new Set(roles).size < roles.length;
  return isMixed ? [`RRSet ${label(first)} cannot be created as other RRSets exist with the same name and type.`] : [];
}

function checkCname(sameName: readonly RecordSet[]): readonly string[] {
  const types = new Set(sameName.map(({ Type }) => Type));
  if (!types.has('CNAME') || types.size === 1) return [];
  return [`RRSet of type CNAME with DNS name ${sameName[0]?.Name} conflicts with records of the same name.`];
}
