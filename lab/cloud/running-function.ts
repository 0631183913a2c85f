import { AsyncLocalStorage } from 'node:async_hooks';

/** One invocation of a function, from its start to its end. */
export interface Invocation {
  readonly functionName: string;
  readonly region: string;
  /** The run that it works for, if its payload names one. */
  readonly runId?: string;
  /** Its process is gone: nothing more comes out of it, and nothing reaches it. */
  isDead: boolean;
  /** Ends its process at once; whoever waits for the invocation hears this error. */
  die(errorType: string, why: string): void;
}

/** The invocation in which the present code runs: whose call it is, the history must know. */
export const runningInvocation = new AsyncLocalStorage<Invocation>();

/** Never comes back to an invocation whose process is gone. */
export async function unlessDead(): Promise<void> {
  if (runningInvocation.getStore()?.isDead) await new Promise<never>(() => undefined);
}

/** The function whose code is running; empty for whoever is no function. */
export const callerName = (): string => runningInvocation.getStore()?.functionName ?? '';

/** Does work in the name of a function that runs in another process. */
export const inNameOf = <T>(functionName: string, work: () => T): T =>
  runningInvocation.run({ functionName, region: '', isDead: false, die: () => undefined }, work);
