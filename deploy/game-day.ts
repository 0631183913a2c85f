import { globalArn } from '../shared/domain/arn.ts';
import { att, type Resources, sub } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';

/**
 * For a game day on AWS, where `gameDaySubnets` names subnets by a tag: cuts them off for ten minutes, and puts back their
 * network ACLs by itself. It is only made, never started from here.
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html (aws:network:disrupt-connectivity)
 */
export function gameDayResources({ parameters, plan, site }: Deployment): Resources {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(parameters.gameDaySubnets) ?? [];
  if (site !== 'primary' || key === undefined || value === undefined) return {};
  return {
    GameDay: {
      Type: 'AWS::FIS::ExperimentTemplate',
      Properties: {
        Description: `Game day of ${plan.application}: its subnets in ${plan.regions.primary} reach nothing`,
        RoleArn: att('GameDayRole', 'Arn'),
        StopConditions: [{ Source: 'none' }],
        Targets: {
          subnets: { ResourceType: 'aws:ec2:subnet', ResourceTags: { [key]: value }, SelectionMode: 'ALL' },
        },
        Actions: {
          cutOff: {
            ActionId: 'aws:network:disrupt-connectivity',
            Parameters: { duration: 'PT10M', scope: 'all' },
            Targets: { Subnets: 'subnets' },
          },
        },
        Tags: { Name: `understudy-${plan.application}-game-day` },
      },
    },
    GameDayRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        ManagedPolicyArns: [
          sub(globalArn('iam', 'policy/service-role/AWSFaultInjectionSimulatorNetworkAccess', 'aws')),
        ],
      },
    },
  };
}
