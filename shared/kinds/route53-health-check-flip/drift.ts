import type { DriftNote } from '../../domain/drift.ts';
import type { Handover } from '../contract.ts';
import type { Facts } from './check.ts';
import type { Spec } from './spec.ts';

/** The object that says who is active is data: health checks and records stay as the code describes them. */
export function driftOf(spec: Spec, { inCharge, seen }: Handover<Facts>): readonly DriftNote[] {
  const object = seen[inCharge.place]?.['flip-dns']?.to;
  if (object?.state !== 'present') return [];
  const { bucket, key } = spec[inCharge.place];
  return [
    {
      object: `object s3://${bucket}/${key} in ${inCharge.region}`,
      believes: 'nothing, unless the code declares this object',
      is: 'it says that this Region is active; health checks and records are as declared',
      danger: 'declared as an object, its text is put back, and traffic moves to the Region that is not in charge',
      terraform: ['declare the bucket and no aws_s3_object for this key, or ignore_changes = all on it'],
      cloudFormation: ['declare the bucket only, and no custom resource that writes this key'],
    },
  ];
}
