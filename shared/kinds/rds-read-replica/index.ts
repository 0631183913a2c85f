import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, estimateLoss, mustNotUndo, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, iamConditions, lagMetric, Spec } from './spec.ts';

/** A cross-Region read replica of Amazon RDS that becomes the writer, and is built anew where the old writer was. */
export const rdsReadReplica = defineKind({
  id: 'rds-read-replica',
  phases: ['reverse', 'isolate', 'promote'],
  spec: Spec,
  iam: [
    'rds:DescribeDBInstances',
    'rds:DescribeDBSnapshots',
    'rds:DescribeAccountAttributes',
    'rds:CreateDBSnapshot',
    'rds:ModifyDBInstance',
    'rds:CreateDBInstanceReadReplica',
    // Demanded of who creates an instance with tags, and one that is encrypted.
    'rds:AddTagsToResource',
    'kms:CreateGrant',
    'kms:DescribeKey',
    'rds:DeleteDBInstance',
    'rds:PromoteReadReplica',
    'rds:StopDBInstance',
    'rds:StartDBInstance',
    'cloudwatch:GetMetricData',
  ],
  iamOnlyIn: {
    'rds:DescribeDBSnapshots': ['reverse', 'restore'],
    'rds:DescribeAccountAttributes': ['reverse', 'restore'],
    'rds:CreateDBSnapshot': ['reverse'],
    'rds:ModifyDBInstance': ['reverse', 'restore'],
    'rds:CreateDBInstanceReadReplica': ['reverse'],
    'rds:AddTagsToResource': ['reverse'],
    'kms:CreateGrant': ['reverse'],
    'kms:DescribeKey': ['reverse'],
    'rds:DeleteDBInstance': ['restore'],
    'rds:PromoteReadReplica': ['promote'],
    'rds:StopDBInstance': ['isolate'],
    'rds:StartDBInstance': ['restore'],
    'cloudwatch:GetMetricData': ['promote'],
  },
  iamConditions,
  arns,
  lagMetric,
  controlPlanes: [],
  takesPart: (phase, { stopSource }) => phase !== 'isolate' || stopSource,
  observe,
  isComplete: (facts) =>
    !('source' in facts && facts.source === 'unanswered') && !('writer' in facts && facts.writer === 'unanswered'),
  check,
  estimateLoss,
  drift: { phases: ['reverse'], notes: driftOf },
  act,
  undo,
  mustNotUndo,
});
