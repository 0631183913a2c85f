import { AsyncLocalStorage } from 'node:async_hooks';

/** The name of the function in whose invocation the present code runs: whose call it is, the history must know. */
export const runningFunction = new AsyncLocalStorage<string>();
