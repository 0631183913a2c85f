import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { driftOf } from './drift.ts';
import { arns, Spec } from './spec.ts';

/** A service of Amazon ECS: stopped in the Region being left, brought to capacity in the one being activated, and to rest. */
export const ecsService = defineKind({
  id: 'ecs-service',
  phases: ['rest', 'isolate', 'scale'],
  spec: Spec,
  iam: ['ecs:DescribeServices', 'ecs:UpdateService'],
  arns,
  controlPlanes: [],
  takesPart: (phase, { tasksAtRest }) => phase !== 'rest' || tasksAtRest !== undefined,
  observe,
  provesIsolation: ({ isolate }) => isolate,
  isComplete: ({ service }) => service !== 'unanswered',
  check,
  drift: { phases: ['isolate', 'scale'], notes: driftOf },
  act,
  undo,
});
