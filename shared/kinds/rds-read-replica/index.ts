import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, estimateLoss, undo } from './check.ts';
import { arns, lagMetric, Spec } from './spec.ts';

/** A cross-Region read replica of Amazon RDS that becomes the writer, and its source, which can rarely be stopped. */
export const rdsReadReplica = defineKind({
  id: 'rds-read-replica',
  phases: ['isolate', 'promote'],
  spec: Spec,
  iam: [
    'rds:DescribeDBInstances',
    'rds:PromoteReadReplica',
    'rds:StopDBInstance',
    'rds:StartDBInstance',
    'cloudwatch:GetMetricData',
  ],
  iamOnlyIn: {
    'rds:PromoteReadReplica': ['promote'],
    'rds:StopDBInstance': ['isolate'],
    'rds:StartDBInstance': ['restore'],
    'cloudwatch:GetMetricData': ['promote'],
  },
  arns,
  lagMetric,
  controlPlanes: [],
  takesPart: (phase, { stopSource }) => phase !== 'isolate' || stopSource,
  observe,
  isComplete: (facts) => !('source' in facts) || facts.source !== 'unanswered',
  check,
  estimateLoss,
  act,
  undo,
});
