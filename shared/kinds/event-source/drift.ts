import { type DriftNote, ignoring, leaveUnchanged } from '../../domain/drift.ts';
import type { Side } from '../../domain/run.ts';
import type { Handover } from '../contract.ts';
import type { Facts, Seen } from './check.ts';
import { type Source, type Spec, wordsOf } from './spec.ts';

/** What delivers where the code says that it rests, and the other way round. */
export function driftOf(spec: Spec, { atRest, inCharge, seen }: Handover<Facts>): readonly DriftNote[] {
  if (inCharge.place === 'primary') return [];
  const facts = seen[inCharge.place];
  return [
    ...noteOn(spec, inCharge, facts?.['flip-dns']?.to, {
      believes: 'it is switched off',
      danger: 'nobody works on your events any more',
    }),
    ...noteOn(spec, atRest, facts?.isolate?.from, {
      believes: 'it is switched on',
      danger: 'events are handed to consumers in the Region that is not in charge: work is done twice, or fails',
    }),
  ];
}

function noteOn(
  spec: Spec,
  { place, region }: Side,
  seen: Seen | undefined,
  words: Pick<DriftNote, 'believes' | 'danger'>,
): readonly DriftNote[] {
  if (typeof seen !== 'object') return [];
  const source = spec[place];
  const { attribute, property, resource } = declarationOf(source);
  return [
    {
      object: `${wordsOf(source)} in ${region}`,
      ...words,
      is: `it is ${seen.word}`,
      terraform: ignoring(resource, attribute),
      cloudFormation: [leaveUnchanged(property)],
    },
  ];
}

function declarationOf(source: Source): { readonly [word in 'resource' | 'attribute' | 'property']: string } {
  if ('mapping' in source) {
    return { resource: 'aws_lambda_event_source_mapping', attribute: 'enabled', property: 'Enabled' };
  }
  const resource = 'rule' in source ? 'aws_cloudwatch_event_rule' : 'aws_scheduler_schedule';
  return { resource, attribute: 'state', property: 'State' };
}
