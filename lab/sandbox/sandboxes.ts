import type { LambdaContext } from '../cloud/lambda.ts';
import type { Sandbox } from './sandbox.ts';

/** What Lambda does behind a function's name: environments are started when none is free, and used again. */
export interface Sandboxes {
  /** Starts one environment of each function in its Region before anybody calls; resolves when all are loaded. */
  warm(functions: readonly FunctionPlace[]): Promise<void>;
  invoke(place: FunctionPlace, event: unknown, context: LambdaContext): Promise<unknown>;
  close(): Promise<void>;
}

export interface FunctionPlace {
  readonly region: string;
  readonly functionName: string;
}

/**
 * So many environments one function may have in one Region; further calls wait. On a machine that is busy, more processes
 * would only make all of them slower.
 */
const concurrencyMax = 3;

/** @param start starts one more environment */
export function makeSandboxes(start: (place: FunctionPlace) => Promise<Sandbox>): Sandboxes {
  const pools = new Map<string, Pool>();
  const poolOf = ({ functionName, region }: FunctionPlace): Pool => {
    const key = `${region} ${functionName}`;
    const pool = pools.get(key) ?? makePool(() => start({ functionName, region }));
    pools.set(key, pool);
    return pool;
  };
  return {
    async warm(functions) {
      const sandboxes = await Promise.all(functions.map((place) => poolOf(place).startOne()));
      await Promise.all(sandboxes.map(({ ready }) => ready));
    },
    async invoke(place, event, context) {
      const pool = poolOf(place);
      const sandbox = await pool.take();
      try {
        return await sandbox.invoke({
          requestId: context.awsRequestId,
          deadlineAt: Date.now() + context.getRemainingTimeInMillis(),
          functionArn: context.invokedFunctionArn,
          event,
        });
      } finally {
        pool.giveBack(sandbox);
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

type Pool = ReturnType<typeof makePool>;

/** The environments of one function in one Region. */
function makePool(start: () => Promise<Sandbox>) {
  const [all, free]: [Set<Promise<Sandbox>>, Sandbox[]] = [new Set(), []];
  const waiting: ((sandbox: Sandbox | undefined) => void)[] = [];
  const startOne = async (): Promise<Sandbox> => {
    const starting = start();
    all.add(starting);
    const sandbox = await starting.catch((error: unknown) => {
      all.delete(starting);
      throw error;
    });
    // One that has died makes room for another, which whoever waits may start.
    void sandbox.ended.then(() => {
      all.delete(starting);
      waiting.shift()?.(undefined);
    });
    return sandbox;
  };
  const take = async (): Promise<Sandbox> => {
    for (let sandbox = free.pop(); sandbox !== undefined; sandbox = free.pop()) if (!sandbox.hasEnded()) return sandbox;
    if (all.size < concurrencyMax) return startOne();
    const next = await new Promise<Sandbox | undefined>((resolve) => waiting.push(resolve));
    return next ?? take();
  };
  return {
    take,
    async startOne() {
      const sandbox = await startOne();
      free.push(sandbox);
      return sandbox;
    },
    giveBack(sandbox: Sandbox): void {
      if (sandbox.hasEnded()) return;
      const next = waiting.shift();
      if (next === undefined) free.push(sandbox);
      else next(sandbox);
    },
    async close() {
      await Promise.all([...all].map(async (sandbox) => (await sandbox).close()));
    },
  };
}
