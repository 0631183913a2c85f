import { defineKind } from '../define-kind.ts';
import { observe, reconcile } from './aws.ts';
import { check, undo } from './check.ts';
import { arns, Spec } from './spec.ts';

/** Proves that the databases of both Regions hold the same, before a planned run moves from one to the other. */
export const dataComparison = defineKind({
  id: 'data-comparison',
  phases: ['final-sync', 'compare'],
  spec: Spec,
  iam: ['lambda:InvokeFunction'],
  iamOnlyIn: { 'lambda:InvokeFunction': ['reconcile', 'final-sync', 'compare'] },
  arns,
  controlPlanes: [],
  observe,
  isComplete: ({ from, to }) => from.answered && to.answered,
  check,
  reconcile,
  act: async () => undefined,
  undo,
});
