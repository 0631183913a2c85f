import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, estimateLoss, undo } from './check.ts';
import { Spec } from './spec.ts';

/** A cross-Region read replica of Amazon RDS that becomes the writer. */
export const rdsReadReplica = defineKind({
  id: 'rds-read-replica',
  phases: ['promote'],
  spec: Spec,
  iam: ['rds:DescribeDBInstances', 'rds:PromoteReadReplica', 'cloudwatch:GetMetricData'],
  controlPlanes: [],
  observe,
  check,
  estimateLoss,
  act,
  undo,
});
