import { type DriftNote, ignoring, leaveUnchanged } from '../../domain/drift.ts';
import type { Handover } from '../contract.ts';
import type { Facts } from './check.ts';
import { type PlannedRecord, type RecordSet, type Spec, setsOf, textOf } from './spec.ts';

const attributes: Readonly<Record<PlannedRecord['routing'], readonly string[]>> = {
  simple: ['records', 'alias', 'ttl'],
  weighted: ['weighted_routing_policy'],
  failover: ['failover_routing_policy'],
};
const properties: Readonly<Record<PlannedRecord['routing'], string>> = {
  simple: 'ResourceRecords, AliasTarget and TTL',
  weighted: 'Weight',
  failover: 'Failover',
};

/** Records that point to the Region in charge, which is not the one that the code names. */
export function driftOf(spec: Spec, { inCharge, seen }: Handover<Facts>): readonly DriftNote[] {
  const facts = seen[inCharge.place]?.['flip-dns'];
  if (inCharge.place === 'primary' || facts?.zone !== 'present') return [];
  return spec.records.map(({ name, routing, type }) => ({
    object: `record ${name} ${type} in ${spec.zoneId}`,
    believes: 'it points to the primary',
    is: setsOf(name, type, facts.sets).map(wordsOf).join(', ') || 'absent',
    danger: 'your users are sent back to the Region that is not in charge, and the epoch of the run does not hinder it',
    terraform: [
      ...ignoring('aws_route53_record', ...attributes[routing]),
      `leave ${spec.epochName} TXT out of the code: it belongs to understudy`,
    ],
    cloudFormation: [leaveUnchanged(properties[routing])],
  }));
}

function wordsOf(set: RecordSet): string {
  const role = set.Weight === undefined ? (set.Failover ?? '') : `weight ${set.Weight}`;
  return [set.SetIdentifier, role, textOf(set)].filter((word) => word !== undefined && word !== '').join(' ');
}
