import { textOf } from './files.ts';

/** IAM's word for the services whose SDK clients we use. */
const prefixes: Readonly<Record<string, string>> = {
  '@aws-sdk/client-cloudwatch': 'cloudwatch',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-ec2': 'ec2',
  '@aws-sdk/client-ecs': 'ecs',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-rds': 'rds',
  '@aws-sdk/client-route-53': 'route53',
  '@aws-sdk/client-route53-recovery-cluster': 'route53-recovery-cluster',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-scheduler': 'scheduler',
  '@aws-sdk/client-sfn': 'states',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/lib-dynamodb': 'dynamodb',
};

/** Where the document client or IAM has another word for a command. */
const renamed: Readonly<Record<string, string>> = {
  'dynamodb:Get': 'dynamodb:GetItem',
  'dynamodb:Put': 'dynamodb:PutItem',
  'dynamodb:Update': 'dynamodb:UpdateItem',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** What IAM demands besides. */
const besides: Readonly<Record<string, readonly string[]>> = {
  // Amazon EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation".
  'ec2:AuthorizeSecurityGroupIngress': ['ec2:CreateTags'],
  // With tags, and for an encrypted instance: AWS KMS Developer Guide, "How Amazon RDS uses AWS KMS".
  'rds:CreateDBInstanceReadReplica': ['rds:AddTagsToResource', 'kms:CreateGrant', 'kms:DescribeKey'],
  // Amazon EventBridge Scheduler User Guide: who writes a schedule passes the role of its target.
  'scheduler:UpdateSchedule': ['iam:PassRole'],
  // Without it, S3 says of an absent object that it is forbidden (API_GetObject).
  's3:GetObject': ['s3:ListBucket'],
};

/** Names that carry the epoch of a run begin with one of the plan. */
const isOfPlan = (arn: string): boolean => /-understudy-e\*$/.test(arn);
/** What a new instance of RDS uses. Permission on it is demanded, too, and nothing of it is changed. */
const isOnlyUsed = (arn: string): boolean => /:rds:.*:(pg|og|subgrp):\*$/.test(arn);

/** An ARN that names more than the plan does. */
export const isOpen = (arn: string): boolean => arn.includes('*') && !isOfPlan(arn) && !isOnlyUsed(arn);

/** IAM actions of all SDK commands that a file imports, sorted. */
export function actionsIn(...paths: readonly string[]): readonly string[] {
  return [...new Set(paths.flatMap(actionsInOne))].sort();
}

function actionsInOne(path: string): readonly string[] {
  const text = textOf(path);
  const imports = [
    ...text.matchAll(/import \{([^}]+)\} from '(@aws-sdk\/[^']+)'/g),
    ...text.matchAll(/const \{([^}]+)\} = await import\('(@aws-sdk\/[^']+)'\)/g),
  ];
  return imports.flatMap(([, names = '', from = '']) => {
    const prefix = prefixes[from];
    if (prefix === undefined) throw new Error(`${path} imports ${from}, whose IAM prefix this test does not know`);
    if (/\bwaitUntil/.test(names)) throw new Error(`${path} uses a waiter, whose commands this test does not know`);
    const commands = names.matchAll(/\b(?:paginate(\w+)|([A-Z]\w+)Command)\b/g);
    return [...commands].flatMap(([, paginated, sent]) => {
      const action = `${prefix}:${paginated ?? sent}`;
      return [renamed[action] ?? action, ...(besides[action] ?? [])];
    });
  });
}
