import type { WrittenError } from './protocol.ts';
import type { WireRequest } from './request.ts';

/**
 * A service that left the query protocol goes on telling its old error codes to clients that ask for them.
 * – Smithy 2.0, "AWS query compatible trait"
 */
export function queryErrorHeader({ fault, queryCode }: WrittenError, { headers }: WireRequest): Record<string, string> {
  if (headers['x-amzn-query-mode'] !== 'true') return {};
  return { 'x-amzn-query-error': `${queryCode};${fault === 'client' ? 'Sender' : 'Receiver'}` };
}
