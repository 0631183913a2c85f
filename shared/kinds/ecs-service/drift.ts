import { type DriftNote, ignoring, leaveUnchanged } from '../../domain/drift.ts';
import type { Side } from '../../domain/run.ts';
import type { Handover } from '../contract.ts';
import type { Facts } from './check.ts';
import type { Spec } from './spec.ts';

/** Desired counts that moved with the charge: the next apply would stop what serves, and start what must rest. */
export function driftOf(spec: Spec, { atRest, inCharge, seen }: Handover<Facts>): readonly DriftNote[] {
  if (inCharge.place === 'primary') return [];
  const facts = seen[inCharge.place];
  return [
    ...noteOn(spec, inCharge, facts?.scale, {
      believes: 'it has its resting capacity',
      danger: 'the tasks that serve your users are scaled down to rest',
    }),
    ...noteOn(spec, atRest, facts?.isolate, {
      believes: 'it serves, with its full capacity',
      danger: 'writers start in the Region that is not in charge',
    }),
  ];
}

function noteOn(
  spec: Spec,
  { place, region }: Side,
  facts: Facts | undefined,
  words: Pick<DriftNote, 'believes' | 'danger'>,
): readonly DriftNote[] {
  if (typeof facts?.service !== 'object') return [];
  const { cluster, service } = spec[place];
  return [
    {
      object: `ECS service ${cluster}/${service} in ${region}`,
      ...words,
      is: `its desired count is ${facts.service.desired}`,
      terraform: ignoring('aws_ecs_service', 'desired_count'),
      cloudFormation: [leaveUnchanged('DesiredCount')],
    },
  ];
}
