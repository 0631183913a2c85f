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

/** @param start starts one more environment */
export function makeSandboxes(start: (place: FunctionPlace) => Promise<Sandbox>): Sandboxes {
  const started = new Map<string, Sandbox[]>();
  let isClosed = false;
  const startOne = async (place: FunctionPlace): Promise<Sandbox> => {
    const sandbox = await start(place);
    if (isClosed) await sandbox.close();
    const key = keyOf(place);
    started.set(key, [...(started.get(key) ?? []), sandbox]);
    return sandbox;
  };
  return {
    async warm(functions) {
      const sandboxes = await Promise.all(functions.map(startOne));
      await Promise.all(sandboxes.map(({ ready }) => ready));
    },
    async invoke(place, event, context) {
      const free = started.get(keyOf(place))?.find((sandbox) => sandbox.isFree());
      const sandbox = free ?? (await startOne(place));
      return sandbox.invoke({
        requestId: context.awsRequestId,
        deadlineAt: Date.now() + context.getRemainingTimeInMillis(),
        functionArn: context.invokedFunctionArn,
        event,
      });
    },
    async close() {
      isClosed = true;
      await Promise.all([...started.values()].flat().map((sandbox) => sandbox.close()));
    },
  };
}

const keyOf = ({ functionName, region }: FunctionPlace): string => `${region} ${functionName}`;
