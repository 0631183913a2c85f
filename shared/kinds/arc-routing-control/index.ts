import { defineKind } from '../define-kind.ts';
import { act, observe } from './aws.ts';
import { check, undo } from './check.ts';
import { arns, Spec } from './spec.ts';

/** Moves traffic by routing controls of ARC, whose cluster answers at five Regional endpoints. */
export const arcRoutingControl = defineKind({
  id: 'arc-routing-control',
  phases: ['flip-dns'],
  spec: Spec,
  iam: ['route53-recovery-cluster:GetRoutingControlState', 'route53-recovery-cluster:UpdateRoutingControlStates'],
  arns,
  controlPlanes: [],
  observe,
  check,
  act,
  undo,
});
