import { isFailure, TerminalError, TransientError } from '../domain/errors.ts';

/** Names under which AWS services say "slow down": the call was refused before it did anything. */
const throttled = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'SlowDown',
]);

/** Errors of the connection: nobody knows whether the call took effect. */
const unanswered = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'AbortError',
  'NetworkingError',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Errors of the connection before a byte was sent. */
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

interface Foreign {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/**
 * Converts foreign errors once, at the border. Our own pass untouched; the original stays in `cause`.
 * @param doing what was being done, as in "while describing orders-db in eu-west-1".
 * @throws TransientError | TerminalError with the foreign name in `code`
 */
export async function converted<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toFailure(doing, error);
  }
}

/** A bug of our own (TypeError and the like) is not a failure: it is thrown on as it is. */
export function toFailure(doing: string, error: unknown): unknown {
  if (isFailure(error) || !isForeign(error)) return error;
  const code = [error.code, error.name].find((name) => name !== undefined && known(name)) ?? error.name ?? 'Unknown';
  const message = `${code} while ${doing}: ${error.message ?? 'no message'}`;
  if (throttled.has(code) || unreachable.has(code)) {
    return new TransientError(message, { code, effect: effectOfRefused(error), cause: error });
  }
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (unanswered.has(code) || status >= 500) {
    return new TransientError(message, { code, effect: 'unknown', cause: error });
  }
  const wasRefused = status >= 400 && status < 500;
  return new TerminalError(message, { code, effect: wasRefused ? effectOfRefused(error) : 'unknown', cause: error });
}

/**
 * What a call that the service refused may have done. The SDK repeats calls by itself: an earlier attempt may have taken
 * effect although its answer was lost, and may be the very reason why the last one was refused.
 */
export function effectOfRefused(cause: unknown): TransientError['effect'] {
  const attempts = isForeign(cause) ? (cause.$metadata?.attempts ?? 1) : 1;
  return attempts > 1 ? 'unknown' : 'none';
}

/** True when the failure means "no answer", as from a Region that is lost. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof TransientError && (unanswered.has(error.code) || unreachable.has(error.code));
}

const known = (name: string): boolean => throttled.has(name) || unanswered.has(name) || unreachable.has(name);

function isForeign(error: unknown): error is Foreign {
  if (!(error instanceof Error) || error instanceof TypeError) return false;
  return '$metadata' in error || '$fault' in error || 'code' in error || known(error.name) || isOfTheSdk(error);
}

/** Credentials that cannot be had, for example: errors that the SDK raises before it sends anything. */
const isOfTheSdk = (error: Error): boolean => error.name === 'CredentialsProviderError';
