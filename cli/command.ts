import type { ExitCode } from './terminal/exit-codes.ts';

/** One word of the command line. */
export interface Command {
  readonly summary: string;
  /** @throws UsageError for arguments that cannot be */
  run(args: readonly string[]): Promise<ExitCode>;
}
