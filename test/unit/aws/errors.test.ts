import { describe, expect, it } from 'vitest';
import { converted, isUnanswered, toFailure } from '../../../shared/aws/errors.ts';
import { TerminalError, TransientError } from '../../../shared/domain/errors.ts';

const foreign = (fields: Readonly<Record<string, unknown>>): Error => Object.assign(new Error('said no'), fields);
const service = (name: string, httpStatusCode: number): Error => foreign({ name, $metadata: { httpStatusCode } });

describe('a foreign error becomes', () => {
  it.each<[string, Error, string]>([
    ['a throttled call', service('ThrottlingException', 400), 'ThrottlingException'],
    [
      'a Route 53 call before the last one was done',
      service('PriorRequestNotComplete', 400),
      'PriorRequestNotComplete',
    ],
    ['a throttled call answered with 503', service('SlowDown', 503), 'SlowDown'],
    ['a refused connection', foreign({ code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['a name that was not found', foreign({ code: 'EAI_AGAIN', $metadata: {} }), 'EAI_AGAIN'],
  ])('transient without effect: %s', (_title, error, code) => {
    const failure = toFailure('describing orders-db in eu-west-1', error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ code, effect: 'none', cause: error });
  });

  it.each<[string, Error, string]>([
    ['a call that timed out', foreign({ name: 'TimeoutError' }), 'TimeoutError'],
    ['a connection that broke', foreign({ code: 'ECONNRESET' }), 'ECONNRESET'],
    ['an aborted call', foreign({ name: 'AbortError', code: 'ABORT_ERR' }), 'AbortError'],
    ['a fault of the service', service('InternalFailure', 500), 'InternalFailure'],
    ['a service that is away', service('ServiceUnavailable', 503), 'ServiceUnavailable'],
    [
      'a throttled call whose earlier attempt was not answered',
      foreign({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400, attempts: 2 } }),
      'ThrottlingException',
    ],
  ])('transient with unknown effect: %s', (_title, error, code) => {
    const failure = toFailure('promoting orders-db', error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ code, effect: 'unknown', cause: error });
  });

  it.each<[string, Error, string]>([
    ['credentials that cannot be had', foreign({ name: 'CredentialsProviderError' }), 'CredentialsProviderError'],
    ['a permission that is missing', service('AccessDenied', 403), 'AccessDenied'],
    ['something that does not exist', service('NoSuchHostedZone', 404), 'NoSuchHostedZone'],
    ['a batch that does not fit', service('InvalidChangeBatch', 400), 'InvalidChangeBatch'],
    [
      'a fault of the client without metadata',
      foreign({ name: 'ValidationError', $fault: 'client' }),
      'ValidationError',
    ],
  ])('terminal: %s', (_title, error, code) => {
    const failure = toFailure('reading', error);
    expect(failure).toBeInstanceOf(TerminalError);
    expect(failure).toMatchObject({ code, cause: error });
  });

  it.each<[string, Error, 'none' | 'unknown']>([
    ['surely did nothing when the only attempt was refused', service('AccessDenied', 403), 'none'],
    [
      'may have taken effect when nobody knows what was answered',
      foreign({ name: 'ParseError', $fault: 'client' }),
      'unknown',
    ],
    [
      'may have taken effect at an earlier attempt',
      foreign({ name: 'AccessDenied', $metadata: { httpStatusCode: 403, attempts: 2 } }),
      'unknown',
    ],
  ])('a terminal failure %s', (_title, error, effect) => {
    expect(toFailure('promoting', error)).toMatchObject({ name: 'TerminalError', effect });
  });

  it('a sentence with its name, what was being done and what it said', () => {
    const failure = toFailure('listing records in zone Z1', service('AccessDenied', 403));
    expect(failure).toHaveProperty('message', 'AccessDenied while listing records in zone Z1: said no');
  });
});

describe('what is not foreign passes untouched:', () => {
  it.each<[string, unknown]>([
    ['a failure of our own', new TransientError('away')],
    ['a TypeError with a code, as Node throws', Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['a bug', new TypeError('undefined is not a function')],
    ['something thrown that is no error', 'text'],
  ])('%s', (_title, thrown) => {
    expect(toFailure('reading', thrown)).toBe(thrown);
  });
});

describe('converted', () => {
  it('gives back what the call gives', async () => {
    expect(await converted('reading', async () => 7)).toBe(7);
  });

  it('throws the failure, with the original as its cause', async () => {
    const cause = service('AccessDenied', 403);
    const call = converted('reading', () => Promise.reject(cause));
    await expect(call).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied', cause });
  });
});

it.each<[string, unknown, boolean]>([
  ['a timeout', toFailure('reading', foreign({ name: 'TimeoutError' })), true],
  ['a refused connection', toFailure('reading', foreign({ code: 'ECONNREFUSED' })), true],
  ['a throttled call', toFailure('reading', service('ThrottlingException', 400)), false],
  ['a missing permission', toFailure('reading', service('AccessDenied', 403)), false],
  ['a bug', new TypeError('oops'), false],
])('%s counts as "no answer": %s', (_title, error, expected) => {
  expect(isUnanswered(error)).toBe(expected);
});
