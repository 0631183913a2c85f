/**
 * Three kinds of trouble are kept apart. A refusal is a value (decision.ts). A failure is one of the two errors below:
 * their names are public, because `Retry` and `Catch` in statemachines/ match them. Anything else is a bug.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  /** The name of the foreign error behind it, e.g. `ThrottlingException`; matched instead of its text. */
  readonly code: string;
  /** `none`: the call surely did nothing. `unknown`: it may have taken effect although no answer came. */
  readonly effect: 'none' | 'unknown';

  constructor(message: string, options: { code?: string; effect?: 'none' | 'unknown'; cause?: unknown } = {}) {
    super(message, options);
    this.code = options.code ?? 'Transient';
    this.effect = options.effect ?? 'unknown';
  }
}

/** Repeating will not help: permission denied, invalid parameters, a contradiction. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly code: string;
  /** `none`: the service has refused the call, and no earlier attempt can have taken effect. */
  readonly effect: 'none' | 'unknown';

  constructor(message: string, options: { code?: string; effect?: 'none' | 'unknown'; cause?: unknown } = {}) {
    super(message, options);
    this.code = options.code ?? 'Terminal';
    this.effect = options.effect ?? 'unknown';
  }
}

export const isFailure = (error: unknown): error is TransientError | TerminalError =>
  error instanceof TransientError || error instanceof TerminalError;

/** True when the failure came from a foreign error of one of these names, e.g. `DBInstanceNotFoundFault`. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  isFailure(error) && codes.includes(error.code);
