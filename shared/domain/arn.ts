/** For the few actions that AWS does not bind to resources. */
export const anyResource: readonly string[] = ['*'];

/**
 * An ARN in the account that is deployed to, as CloudFormation's `Fn::Sub` completes it.
 * @param region empty for what is global
 */
export const arn = (service: string, region: string, resource: string): string =>
  `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${resource}`;

/** An ARN whose resource belongs to no Region and no account, or to the account of AWS. */
export const globalArn = (service: string, resource: string, account: '' | 'aws' = ''): string =>
  `arn:\${AWS::Partition}:${service}::${account}:${resource}`;
