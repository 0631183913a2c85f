import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, Spec } from './spec.ts';

/** The security group of a database: closed to new connections in the Region being left, open again in the one activated. */
export const securityGroupFence = defineKind({
  id: 'security-group-fence',
  phases: ['isolate', 'scale'],
  spec: Spec,
  iam: [
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSecurityGroupRules',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupIngress',
    // Authorize demands it where the rules have tags.
    'ec2:CreateTags',
  ],
  iamOnlyIn: {
    'ec2:RevokeSecurityGroupIngress': ['isolate', 'restore'],
    'ec2:AuthorizeSecurityGroupIngress': ['scale', 'restore'],
    'ec2:CreateTags': ['scale', 'restore'],
  },
  // Only in the call that opens a rule again.
  iamConditions: { 'ec2:CreateTags': { StringEquals: { 'ec2:CreateAction': 'AuthorizeSecurityGroupIngress' } } },
  arns,
  controlPlanes: [],
  provesIsolation: () => false,
  observe,
  isComplete: ({ rules }) => rules !== 'unanswered',
  // What it let in while it was the door of the writer.
  remembers: ['isolate'],
  check,
  drift: { phases: ['isolate', 'scale'], notes: driftOf },
  act,
  undo,
});
