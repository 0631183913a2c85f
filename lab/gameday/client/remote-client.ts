import { Report } from './messages.ts';
import type { ClientResult, Progress } from './result.ts';
import type { ClientSettings } from './settings.ts';

/** What is needed of the client's process; the `LabProcess` of a workplace, started with an IPC channel, is one. */
export interface ClientProcess {
  readonly exited: Promise<unknown>;
  readonly child: {
    on(event: 'message', listener: (message: unknown) => void): unknown;
    send(message: object): unknown;
  };
}

export interface RemoteClient {
  /** Stops the client and resolves to all it has seen. Rejects when its process ends without a result. */
  stop(): Promise<ClientResult>;
}

export interface RemoteClientOptions {
  /** Defaults are filled in on the other side. */
  readonly settings: Pick<ClientSettings, 'name' | 'dnsServer' | 'ports'> & Partial<ClientSettings>;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Starts the load in a process that runs `client/main.ts`; resolves when it was told to.
 * @throws Error when the process ends before it is ready, or says why it cannot run.
 */
export async function startRemoteClient(process: ClientProcess, options: RemoteClientOptions): Promise<RemoteClient> {
  const ready = Promise.withResolvers<void>();
  const result = Promise.withResolvers<ClientResult>();
  // Whoever waits sees the rejection; one that nobody waits for must not end the lab.
  result.promise.catch(() => {});
  const fail = (why: string) => {
    ready.reject(new Error(why));
    result.reject(new Error(why));
  };
  process.child.on('message', (message) => {
    const report = Report.parse(message);
    if (report.type === 'ready') ready.resolve();
    if (report.type === 'progress') options.onProgress?.(report.progress);
    if (report.type === 'result') result.resolve(report.result);
    if (report.type === 'problem') fail(`The load client cannot run: ${report.why}`);
  });
  void process.exited.then(() => fail('The load client ended without a result.'));
  await ready.promise;
  process.child.send({ type: 'start', settings: options.settings });
  return {
    async stop() {
      process.child.send({ type: 'stop' });
      return await result.promise;
    },
  };
}
