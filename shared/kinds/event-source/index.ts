import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, Spec } from './spec.ts';

/** What hands events to consumers: a mapping, a rule or a schedule, on in the Region in charge and off in the other. */
export const eventSource = defineKind({
  id: 'event-source',
  phases: ['rest', 'isolate', 'flip-dns'],
  spec: Spec,
  iam: [
    'lambda:GetEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
    'events:DescribeRule',
    'events:EnableRule',
    'events:DisableRule',
    'scheduler:GetSchedule',
    'scheduler:UpdateSchedule',
    // UpdateSchedule demands it for the role of the target.
    'iam:PassRole',
  ],
  iamOnlyIn: { 'events:EnableRule': ['flip-dns', 'restore'] },
  iamConditions: { 'iam:PassRole': { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } } },
  arns,
  controlPlanes: [],
  // What was handed out before is still being worked on.
  provesIsolation: () => false,
  observe,
  isComplete: ({ from, to }) => from !== 'unanswered' && to !== 'unanswered',
  check,
  drift: { phases: ['isolate', 'flip-dns'], notes: driftOf },
  act,
  undo,
});
