import * as z from 'zod';
import { anyResource, arn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Arns, Leg } from '../contract.ts';

const Door = z
  .strictObject({
    securityGroup: z
      .string()
      .regex(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group, such as sg-0123456789abcdef0')
      .describe('Security group of the database in this place; one that nothing else uses.'),
  })
  .describe('The door to the database in this place.');

export const Spec = perPlace(Door);
export type Spec = z.infer<typeof Spec>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html; new rules have no ids before. */
export function arns(spec: Spec, { from, phase, to }: Leg): Arns {
  const { place, region } = phase === 'isolate' ? from : to;
  const group = [arn('ec2', region, `security-group/${spec[place].securityGroup}`)];
  return {
    'ec2:DescribeSecurityGroups': anyResource,
    'ec2:DescribeSecurityGroupRules': anyResource,
    'ec2:RevokeSecurityGroupIngress': group,
    'ec2:AuthorizeSecurityGroupIngress': group,
    'ec2:CreateTags': [arn('ec2', region, 'security-group-rule/*')],
  };
}
