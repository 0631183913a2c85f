import type { Workplace } from './workplace.ts';

/** Exit codes by shell custom: 128 + the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const EXIT_CODE_OF_BUG = 1;

type Install = readonly [event: string, handler: (cause: unknown) => void];

/**
 * Closes the workplace when this process is told to end, or fails: Ctrl-C leaves no database behind. A second signal
 * does not wait for the grace. Returns a function that takes the handlers out again.
 */
export function closeOnSignals(workplace: Workplace): () => void {
  let closing = false;
  const end = (exitCode: number) => {
    if (closing) process.exit(exitCode);
    closing = true;
    void workplace.close().finally(() => process.exit(exitCode));
  };
  const endByBug = (cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
    end(EXIT_CODE_OF_BUG);
  };

  return install([
    ...Object.entries(EXIT_CODES).map(([name, code]): Install => [name, () => end(code)]),
    ['uncaughtException', endByBug],
    ['unhandledRejection', endByBug],
    // The last resort, for process.exit() by somebody else: only synchronous calls are made any more.
    ['exit', () => workplace.closeNow()],
  ]);
}

function install(handlers: readonly Install[]): () => void {
  for (const [event, handler] of handlers) process.on(event, handler);
  return () => {
    for (const [event, handler] of handlers) process.off(event, handler);
  };
}
