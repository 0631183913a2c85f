import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { Spec } from './spec.ts';

/** Proves with a real write that the application works: in its new Region before the flip, for users after it. */
export const httpTransaction = defineKind({
  id: 'http-transaction',
  phases: ['verify', 'confirm'],
  spec: Spec,
  iam: [],
  arns: () => ({}),
  controlPlanes: [],
  observe,
  check,
  act,
  undo,
});
