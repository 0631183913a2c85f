import type { $SchemaRef, StaticErrorSchema, StaticOperationSchema, StaticStructureSchema } from '@smithy/types';
import type { WireRequest } from './request.ts';
import type { WireService } from './services.ts';

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface AskedOperation {
  readonly service: WireService;
  readonly schema: StaticOperationSchema;
}

/** An error as a protocol writes it. */
export interface WrittenError {
  /** The name of the exception. */
  readonly name: string;
  /** What query protocols call it: `DBInstanceNotFound`. */
  readonly queryCode: string;
  readonly message: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  /** Undefined for an error that the service does not declare. */
  readonly schema: StaticErrorSchema | undefined;
  /** What else the exception carries, by member. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** One of the AWS protocols, from the server's side. */
export interface WireProtocol {
  /** What this protocol's services call an operation that does not exist. */
  readonly unknownOperation: string;
  /** The operation that is asked for, whether it exists or not. */
  operationOf(request: WireRequest, service: WireService): string;
  /** @throws SyntaxError and the like for what cannot be parsed; UnknownMember for what the schema does not know */
  readInput(request: WireRequest, operation: AskedOperation): Promise<object>;
  writeOutput(output: object, operation: AskedOperation, requestId: string): WireResponse;
  writeError(error: WrittenError, requestId: string, request: WireRequest): WireResponse;
}

export const nameOf = (schema: StaticOperationSchema): string => schema[2];
export const inputOf = (schema: StaticOperationSchema): $SchemaRef => schema[4];
export const outputOf = (schema: StaticOperationSchema): $SchemaRef => schema[5];

export const text = 0;

/** A structure around others, for what a protocol wraps around inputs and outputs. */
export const struct = (name: string, members: Readonly<Record<string, $SchemaRef>>): StaticStructureSchema => [
  3,
  'lab',
  name,
  0,
  Object.keys(members),
  Object.values(members),
];

/** The members that an exception declares; `message` is written by each protocol in its own way. */
export function declaredMembers({ schema }: WrittenError): Readonly<Record<string, $SchemaRef>> {
  if (schema === undefined) return {};
  const [, , , , names, members] = schema;
  const pairs = names.map((name, index): [string, $SchemaRef] => [name, members[index] ?? text]);
  return Object.fromEntries(pairs.filter(([name]) => name.toLowerCase() !== 'message'));
}
