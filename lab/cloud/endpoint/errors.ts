import { UnknownSimulatedOperation } from '../errors.ts';
import type { WireProtocol, WrittenError } from './protocol.ts';
import type { WireService } from './services.ts';

interface Thrown extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * What the simulated cloud threw, as the wire tells it: the code of the service's own exception, the code for an
 * operation that does not exist, or InternalFailure for a bug of the lab.
 */
export function writtenError(thrown: unknown, protocol: WireProtocol, service: WireService | undefined): WrittenError {
  const error: Thrown = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { $fault = 'client', $metadata, message, name } = error;
  if (error instanceof UnknownSimulatedOperation) return plain(protocol.unknownOperation, error);
  if ($metadata === undefined) return { ...plain('InternalFailure', error), status: 500, fault: 'server' };
  const schema = service?.error(name);
  const status = $metadata.httpStatusCode ?? 400;
  return {
    name,
    queryCode: queryCodeOf(schema) ?? name,
    message,
    status,
    fault: $fault,
    schema,
    members: { ...error },
  };
}

const plain = (name: string, { message }: Error): WrittenError => ({
  name,
  queryCode: name,
  message,
  status: 400,
  fault: 'client',
  schema: undefined,
  members: {},
});

/** The first value of the trait `awsQueryError`: a DBInstanceNotFoundFault is a DBInstanceNotFound on the wire. */
function queryCodeOf(schema: WrittenError['schema']): string | undefined {
  const traits = schema?.[3];
  return typeof traits === 'object' ? (traits['awsQueryError'] as readonly [string] | undefined)?.[0] : undefined;
}
