import { arn } from '../shared/domain/arn.ts';
import { places } from '../shared/domain/run.ts';
import { allow, att, type Resources, ref, type Statement, sub } from './cloudformation.ts';
import { type Deployment, namesOf, regionOf } from './deployment.ts';

/**
 * A key of one's own for the topic and the logs, where `encryption: customer` asks for it. Never for the table: a replica
 * whose key is disabled for 20 hours leaves the global table for good.
 */
export function keyResources(deployment: Deployment): Resources {
  if (deployment.parameters.encryption === 'aws') return {};
  return {
    KeyAlias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: namesOf(deployment).keyAlias, TargetKeyId: ref('Key') },
    },
    Key: {
      Type: 'AWS::KMS::Key',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Description: `Understudy, ${deployment.plan.application}: messages and logs at rest`,
        EnableKeyRotation: true,
        KeyPolicy: keyPolicy(deployment),
      },
    },
  };
}

/** A property that names the key, where there is one. */
export const customerKey = ({ parameters }: Deployment, property: string) =>
  parameters.encryption === 'aws' ? {} : { [property]: att('Key', 'Arn') };

/**
 * Who publishes to a topic encrypts with its key. The key of the other Region is known by its alias only.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function useKey(deployment: Deployment): readonly Statement[] {
  if (deployment.parameters.encryption === 'aws') return [];
  const keys = places.map((place) => sub(arn('kms', deployment.plan.regions[place], 'key/*')));
  const alias = { 'kms:ResourceAliases': namesOf(deployment).keyAlias };
  return [allow(use, keys, { 'ForAnyValue:StringEquals': alias })];
}

const use = ['kms:Decrypt', 'kms:GenerateDataKey*'];

function keyPolicy(deployment: Deployment) {
  const ownAccount = { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } };
  const group = arn('logs', regionOf(deployment), 'log-group:*');
  const logs = { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': sub(group) } };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: sub(arn('iam', '', 'root')) },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'sns.amazonaws.com'] },
        Action: use,
        Resource: '*',
        Condition: ownAccount,
      },
      {
        Effect: 'Allow',
        Principal: { Service: `logs.${regionOf(deployment)}.amazonaws.com` },
        Action: [...use, 'kms:Encrypt*', 'kms:ReEncrypt*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: logs,
      },
    ],
  };
}
