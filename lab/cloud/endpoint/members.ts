import { NormalizedSchema } from '@smithy/core/schema';
import { notSimulated } from '../errors.ts';
import { type AskedOperation, inputOf, nameOf } from './protocol.ts';

/**
 * The deserializers pass over what the schema does not know, such as a field of a newer CLI; ignoring it would be a
 * silent lie.
 * @throws UnknownSimulatedOperation naming the field
 */
export function refuseUnknownMembers({ schema, service }: AskedOperation, input: object): void {
  const shape = NormalizedSchema.of(inputOf(schema));
  const members = shape.isStructSchema() ? [...shape.structIterator()] : [];
  const known = members.map(([name, member]) => member.getMergedTraits().xmlName ?? name);
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) throw notSimulated(service.name, `${nameOf(schema)} with ${unknown}`);
}
