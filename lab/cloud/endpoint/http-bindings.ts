import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';
import { headerTimestamps, xmlTimestamps } from './formats.ts';
import type { WireRequest } from './request.ts';

type Member = readonly [name: string, schema: NormalizedSchema];

const fromUrl = new FromStringShapeDeserializer({ timestampFormat: xmlTimestamps, httpBindings: true });
const fromHeader = new FromStringShapeDeserializer({ timestampFormat: headerTimestamps, httpBindings: true });

/**
 * What looks after the way of a message, and is no part of what is asked: lengths, encodings and the checksums that SDKs
 * add by themselves.
 */
const ofTransport = /^(content-(length|md5|encoding)|x-amz-(sdk-)?checksum-.+)$/;

/** The members of an input that travel in the path, the query and the headers. */
export function boundInput(schema: $SchemaRef, request: WireRequest, labels: Readonly<Record<string, string>>): object {
  const bound = membersOf(schema).map(([name, member]): [string, unknown] => {
    const { httpHeader, httpLabel, httpQuery } = member.getMergedTraits();
    if (httpLabel) return [name, parse(fromUrl, member, labels[name])];
    if (httpQuery !== undefined) return [name, fromQuery(member, request.query.getAll(httpQuery))];
    if (httpHeader !== undefined) return [name, fromHeaders(member, httpHeader.toLowerCase(), request)];
    return [name, undefined];
  });
  return Object.fromEntries(bound.filter(([, value]) => value !== undefined));
}

const fromHeaders = (member: NormalizedSchema, name: string, { headers }: WireRequest): unknown =>
  ofTransport.test(name) ? undefined : parse(fromHeader, member, headers[name]);

const fromQuery = (member: NormalizedSchema, values: readonly string[]): unknown =>
  member.isListSchema()
    ? values.map((value) => parse(fromUrl, member.getValueSchema(), value))
    : parse(fromUrl, member, values[0]);

const parse = (reader: FromStringShapeDeserializer, member: NormalizedSchema, value: string | undefined): unknown =>
  value === undefined ? undefined : reader.read(member, value);

/** What of the query no member is bound to. */
export function unboundQuery(schema: $SchemaRef, { query }: WireRequest): readonly string[] {
  const bound = new Set(membersOf(schema).map(([, member]) => member.getMergedTraits().httpQuery));
  return [...query.keys()].filter((name) => name !== 'x-id' && !bound.has(name));
}

/** The member that is the whole body, if there is one. */
export const payloadOf = (schema: $SchemaRef): Member | undefined =>
  membersOf(schema).find(([, member]) => member.getMergedTraits().httpPayload);

export interface BoundOutput {
  readonly headers: Readonly<Record<string, string>>;
  /** What is left for the body. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export function boundOutput(schema: $SchemaRef, output: object): BoundOutput {
  const headerNames = new Map(membersOf(schema).map(([name, member]) => [name, member.getMergedTraits().httpHeader]));
  const isHeader = ([name]: readonly [string, unknown]): boolean => headerNames.get(name) !== undefined;
  const entries = Object.entries(output).filter(([, value]) => value !== undefined);
  const headers = entries.filter(isHeader).map(([name, value]) => {
    const member = membersOf(schema).find(([one]) => one === name)?.[1];
    return [(headerNames.get(name) ?? name).toLowerCase(), headerText(member ?? NormalizedSchema.of(0), value)];
  });
  return { headers: Object.fromEntries(headers), rest: Object.fromEntries(entries.filter((one) => !isHeader(one))) };
}

function headerText(member: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer({ timestampFormat: headerTimestamps, httpBindings: true });
  serializer.write(member, value);
  return serializer.flush();
}

function membersOf(schema: $SchemaRef): readonly Member[] {
  const shape = NormalizedSchema.of(schema);
  return shape.isStructSchema() ? [...shape.structIterator()] : [];
}
