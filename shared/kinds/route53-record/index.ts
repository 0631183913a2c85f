import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, Spec } from './spec.ts';

/** Points all names of one hosted zone to the Region being activated, in one batch that carries the epoch. */
export const route53Record = defineKind({
  id: 'route53-record',
  phases: ['flip-dns'],
  spec: Spec,
  iam: ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets', 'route53:GetChange'],
  arns,
  controlPlanes: ['route53'],
  observe,
  check,
  drift: { phases: ['flip-dns'], notes: driftOf },
  act,
  undo,
});
