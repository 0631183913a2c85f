/** What the process answers to its caller. */
export const exitCodes = {
  /** The question was answered with yes: recovered, passed, ready. */
  met: 0,
  /** It was answered with no: refused, failed, not ready. */
  notMet: 1,
  /** It could not be asked: unknown command, wrong option, unreadable plan. */
  usage: 2,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The caller asked for something that cannot be asked; the message says how to ask instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: ExitCode = exitCodes.usage;
}
