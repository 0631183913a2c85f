import * as z from 'zod';
import { anyResource, arn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Side } from '../../domain/run.ts';
import type { Arns, LagMetric, Leg } from '../contract.ts';
import { anyKeptName, builtTag } from './names.ts';

const Built = z
  .strictObject({
    instanceClass: z.string().min(1).optional().describe('Such as db.r8g.large. Default: that of the writer.'),
    kmsKeyId: z.string().min(1).optional().describe('Key in this Region. Needed where the writer is encrypted.'),
    subnetGroup: z.string().min(1).describe('DB subnet group in this Region.'),
    securityGroups: z.array(z.string().regex(/^sg-/)).min(1).describe('Ids of VPC security groups in this Region.'),
    parameterGroup: z.string().min(1).optional().describe('Default: the default one of the engine in this Region.'),
    isMultiAz: z.boolean().optional().describe('Whether the replica has a standby in another zone. Default: no.'),
  })
  .describe('How a replica is built here where no earlier instance shows it.');

const Replica = z
  .strictObject({
    instance: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'a DB instance identifier in lower case, as CloudWatch knows it')
      .describe('DB instance identifier of the database in this place.'),
    replica: Built.optional(),
  })
  .describe('The database in this place: the source while this place is in charge, else the replica.');

const seconds = z.int().positive();

export const Spec = z.strictObject({
  ...perPlace(Replica).shape,
  stopSource: z
    .boolean()
    .default(false)
    .describe(
      'Whether the source is stopped in the Region being left. RDS refuses while it has replicas; see the README.',
    ),
  lagAgeSecondsMax: seconds
    .default(300)
    .describe('How long before the incident the newest usable lag sample may have been taken; s.'),
  lagPeriodSeconds: seconds
    .refine((value) => [1, 5, 10, 20, 30].includes(value) || value % 60 === 0, '1, 5, 10, 20, 30 or a multiple of 60')
    .default(60)
    .describe('Period in which ReplicaLag is read from CloudWatch; s. RDS publishes it once a minute.'),
});
export type Spec = z.infer<typeof Spec>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html; metrics have no ARNs. */
export function arns(spec: Spec, { from, phase, to }: Leg): Arns {
  if (phase === 'reverse') return reverseArns(spec, { from, to });
  const { place, region } = phase === 'isolate' ? from : to;
  const instance = [arn('rds', region, `db:${spec[place].instance}`)];
  if (phase === 'isolate') {
    return { 'rds:DescribeDBInstances': instance, 'rds:StopDBInstance': instance, 'rds:StartDBInstance': instance };
  }
  return {
    'rds:DescribeDBInstances': instance,
    'rds:PromoteReadReplica': instance,
    'cloudwatch:GetMetricData': anyResource,
  };
}

/**
 * An instance is deleted only if Understudy has built it (and the restore has seen it replicate, see mustNotUndo), whoever named
 * it. A key is used only through RDS, for an instance. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export const iamConditions = {
  'rds:DeleteDBInstance': { StringEquals: { 'aws:ResourceTag/understudy': builtTag.understudy } },
  'kms:CreateGrant': { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
};

/** Groups of parameters, options and subnets have names that only the instance tells which is to be replaced. */
function reverseArns(spec: Spec, { from, to }: Pick<Leg, 'from' | 'to'>): Arns {
  const { instance } = spec[to.place];
  const standby = arn('rds', to.region, `db:${instance}`);
  const kept = arn('rds', to.region, `db:${anyKeptName(instance)}`);
  const snapshots = arn('rds', to.region, `snapshot:${anyKeptName(instance)}`);
  const writer = arn('rds', from.region, `db:${spec[from.place].instance}`);
  const groups = ['pg', 'og', 'subgrp'].map((type) => arn('rds', to.region, `${type}:*`));
  const keys = [arn('kms', to.region, 'key/*')];
  return {
    'rds:DescribeDBInstances': [standby, writer],
    'rds:DescribeDBSnapshots': [standby, snapshots],
    'rds:DescribeAccountAttributes': anyResource,
    'rds:CreateDBSnapshot': [standby, snapshots],
    'rds:ModifyDBInstance': [standby, kept],
    'rds:CreateDBInstanceReadReplica': [standby, writer, ...groups],
    'rds:AddTagsToResource': [standby],
    'rds:DeleteDBInstance': [standby],
    'kms:CreateGrant': keys,
    'kms:DescribeKey': keys,
  };
}

export const lagMetric = (spec: Spec, { place }: Side): LagMetric => ({
  namespace: 'AWS/RDS',
  name: 'ReplicaLag',
  dimensions: { DBInstanceIdentifier: spec[place].instance },
});
