import { describe, expect, it } from 'vitest';
import { hasCode, isFailure, TerminalError, TransientError } from '../../../shared/domain/errors.ts';

describe('a failure', () => {
  it('may have taken effect unless the opposite is known', () => {
    expect(new TransientError('no answer')).toMatchObject({
      name: 'TransientError',
      code: 'Transient',
      effect: 'unknown',
    });
  });

  it('keeps the foreign code, the effect and the cause', () => {
    const cause = new Error('ThrottlingException');
    const failure = new TransientError('slow down', { code: 'ThrottlingException', effect: 'none', cause });
    expect(failure).toMatchObject({ code: 'ThrottlingException', effect: 'none', cause });
    const refused = new TerminalError('not allowed', { code: 'AccessDenied', effect: 'none', cause });
    expect(refused).toMatchObject({ code: 'AccessDenied', effect: 'none', cause });
  });

  it('is terminal under the name that the state machine matches', () => {
    const cause = new Error('AccessDenied');
    expect(new TerminalError('not allowed', { code: 'AccessDenied', cause })).toMatchObject({
      name: 'TerminalError',
      code: 'AccessDenied',
      cause,
    });
    expect(new TerminalError('not allowed')).toMatchObject({ code: 'Terminal' });
  });

  it.each([
    ['a TransientError', new TransientError('x'), true],
    ['a TerminalError', new TerminalError('x'), true],
    ['a bug', new TypeError('x'), false],
    ['a plain object that looks like one', { name: 'TransientError', code: 'x', effect: 'none' }, false],
    ['nothing', undefined, false],
  ])('%s is told apart', (_title, error, expected) => {
    expect(isFailure(error)).toBe(expected);
  });

  it.each([
    ['one of the codes', new TerminalError('x', { code: 'B' }), true],
    ['another code', new TerminalError('x', { code: 'C' }), false],
    ['a foreign error of that code', Object.assign(new Error('x'), { code: 'B' }), false],
  ])('is recognised by code: %s', (_title, error, expected) => {
    expect(hasCode(error, 'A', 'B')).toBe(expected);
  });
});
