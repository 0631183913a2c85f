import type * as z from 'zod';
import { type Command, Report } from './messages.ts';
import type { ClientResult, Progress } from './result.ts';
import type { ClientSettings } from './settings.ts';

/** What is needed of the client's process; the `LabProcess` of a workplace, started with an IPC channel, is one. */
export interface ClientProcess {
  readonly child: {
    on(event: 'message' | 'disconnect', listener: (message: unknown) => void): unknown;
    send(message: object, sent: (error: Error | null) => void): unknown;
  };
}

export interface RemoteClient {
  /** Stops the client and resolves to all it has seen. Rejects when its process ends without a result. */
  stop(): Promise<ClientResult>;
}

export interface RemoteClientOptions {
  /** Defaults are filled in on the other side. */
  readonly settings: z.input<typeof ClientSettings>;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Starts the load in a process that runs `client/main.ts`; resolves when it was told to.
 * @throws Error when the process ends before it is ready, or says why it cannot run.
 */
export async function startRemoteClient({ child }: ClientProcess, options: RemoteClientOptions): Promise<RemoteClient> {
  const ready = Promise.withResolvers<void>();
  const result = Promise.withResolvers<ClientResult>();
  // Whoever waits sees the rejection; one that nobody waits for must not end the lab.
  result.promise.catch(() => {});
  const fail = (why: string) => {
    ready.reject(new Error(why));
    result.reject(new Error(why));
  };
  child.on('message', (message) => {
    const { data: report, error } = Report.safeParse(message);
    if (report === undefined) return fail(`The load client said what the lab does not understand: ${error.message}`);
    if (report.type === 'ready') ready.resolve();
    if (report.type === 'progress') options.onProgress?.(report.progress);
    if (report.type === 'result') result.resolve(report.result);
    if (report.type === 'problem') fail(`The load client cannot run: ${report.why}`);
  });
  // Not the end of the process, which may be noticed before its last message has been read.
  child.on('disconnect', () => fail('The load client ended without a result.'));
  // A channel that has closed fails the result below; the error of the send itself tells nothing more.
  const tell = (command: z.input<typeof Command>) => child.send(command, () => {});
  await ready.promise;
  tell({ type: 'start', settings: options.settings });
  return {
    async stop() {
      tell({ type: 'stop' });
      return await result.promise;
    },
  };
}
