import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, type Facts, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, Spec } from './spec.ts';

/** Moves traffic by one object in the Region being activated, which the owner's inverted health checks watch. */
export const route53HealthCheckFlip = defineKind({
  id: 'route53-health-check-flip',
  phases: ['flip-dns', 'confirm'],
  spec: Spec,
  iam: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  arns,
  controlPlanes: [],
  observe,
  isComplete: ({ from }: Facts) => from?.state !== 'unanswered',
  check,
  drift: { phases: ['flip-dns'], notes: driftOf },
  act,
  undo,
});
