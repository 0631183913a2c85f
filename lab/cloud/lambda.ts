import { arn, type Host, pause } from './host.ts';
import { runningInvocation } from './running-function.ts';

export interface LambdaContext {
  readonly functionName: string;
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export interface FunctionSeed {
  readonly region: string;
  readonly name: string;
  readonly handler: (event: unknown, context: LambdaContext) => unknown;
  /** The function's own timeout; 3 s is Lambda's default. */
  readonly timeoutMs?: number;
}

export interface Invocation {
  readonly region: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly payload: unknown;
}

/** An asynchronous invocation that failed every time it was tried. */
export interface DeadLetter extends Invocation {
  readonly errorType: string;
}

/**
 * A function's error as Step Functions sees it: `name` is the errorType that Retry and Catch match, the message is the
 * JSON text that becomes `Cause`.
 */
class InvocationError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(JSON.stringify({ errorType, errorMessage }));
    this.name = errorType;
  }
}

/** As much of the World as Lambda needs: it also runs in the process of an orchestrator, which has no World. */
export type LambdaHost = Pick<Host, 'account' | 'clock' | 'life' | 'newId' | 'settings' | 'stopping' | 'up'>;

/** AWS Lambda in all Regions: functions are handlers of this process. */
export class Lambda {
  readonly deadLetters: DeadLetter[] = [];
  readonly #host: LambdaHost;
  readonly #functions = new Map<string, FunctionSeed>();
  /** The timeouts of what is running: when the World stops, none of them may keep the process. */
  readonly #timeouts = new Set<AbortController>();

  constructor(host: LambdaHost) {
    this.#host = host;
    const end = (): void => {
      for (const timeout of this.#timeouts) timeout.abort();
    };
    host.stopping.addEventListener('abort', end, { once: true });
  }

  registerFunction(seed: FunctionSeed): void {
    this.#functions.set(this.functionArn(seed.region, seed.name), seed);
  }

  functionArn(region: string, name: string): string {
    return arn(this.#host, region, ['lambda', `function:${name}`]);
  }

  /**
   * Runs the function and returns its result as JSON would carry it. A lost Region starts nothing; what was running when
   * it was lost is abandoned: its result is dropped, and the caller hears `Lambda.Unknown` when the Region is back.
   * @throws InvocationError named after the function's error, `Sandbox.Timedout`, or `Lambda.Unknown`
   */
  async invoke(invocation: Invocation): Promise<unknown> {
    const { region, payload } = invocation;
    await this.#host.up(region);
    const seed = this.#find(invocation);
    const life = this.#host.life(region);
    const outcome = await this.#run(seed, asJson(payload));
    if (this.#host.life(region) === life) return outcome();
    await this.#host.up(region);
    throw new InvocationError('Lambda.Unknown', 'The invocation was lost with its Region.');
  }

  /** Like an event invocation: repeated a bounded number of times, then a dead letter. Never rejects for the function. */
  async invokeAsync(invocation: Invocation): Promise<void> {
    const { eventRetries, eventRetryMs } = this.#host.settings;
    for (let attempt = 0; ; attempt++) {
      const error = await this.invoke(invocation).then(() => undefined, asError);
      if (error === undefined) return;
      if (attempt === eventRetries) {
        this.deadLetters.push({ ...invocation, errorType: error.name });
        return;
      }
      await pause(this.#host, eventRetryMs);
    }
  }

  /**
   * A function that takes too long, or whose process dies, hears and does nothing more.
   * @returns a function that returns the result or throws the function's error, so that a lost result can be dropped
   */
  async #run(seed: FunctionSeed, event: unknown): Promise<Outcome> {
    const timeoutMs = seed.timeoutMs ?? 3000;
    const timeout = new AbortController();
    const death = Promise.withResolvers<Outcome>();
    const invocation = {
      functionName: seed.name,
      region: seed.region,
      ...runOf(event),
      isDead: false,
      die: (errorType: string, why: string) => {
        invocation.isDead = true;
        death.resolve(throwing(new InvocationError(errorType, why)));
      },
    };
    const late = `Task timed out after ${timeoutMs / 1000} seconds`;
    this.#timeouts.add(timeout);
    void this.#host.clock.sleep(timeoutMs, timeout.signal).then(() => {
      if (!timeout.signal.aborted) invocation.die('Sandbox.Timedout', late);
    });
    const work = runningInvocation.run(invocation, () => this.#settle(seed, { event, timeoutMs }));
    const outcome = await Promise.race([work, death.promise]);
    this.#timeouts.delete(timeout);
    timeout.abort(invocation);
    return outcome;
  }

  async #settle(seed: FunctionSeed, run: { event: unknown; timeoutMs: number }): Promise<Outcome> {
    try {
      const result = asJson(await seed.handler(run.event, this.#context(seed, run.timeoutMs)));
      return () => result;
    } catch (thrown) {
      const { message, name } = asError(thrown);
      return throwing(new InvocationError(name, message));
    }
  }

  #context(seed: FunctionSeed, timeoutMs: number): LambdaContext {
    const deadlineAt = this.#host.clock.nowMs() + timeoutMs;
    return {
      functionName: seed.name,
      awsRequestId: this.#host.newId(),
      invokedFunctionArn: this.functionArn(seed.region, seed.name),
      getRemainingTimeInMillis: () => Math.max(0, deadlineAt - this.#host.clock.nowMs()),
    };
  }

  #find({ region, functionName }: Invocation): FunctionSeed {
    const name = functionName.split(':').at(-1) ?? functionName;
    const seed = this.#functions.get(this.functionArn(region, name));
    if (seed === undefined)
      throw new InvocationError('Lambda.ResourceNotFoundException', `Function not found: ${name}`);
    return seed;
  }
}

type Outcome = () => unknown;

const throwing =
  (error: Error): Outcome =>
  () => {
    throw error;
  };

/** Steps are told the run's id (shared/steps/contract.ts). */
function runOf(event: unknown): { readonly runId?: string } {
  const runId: unknown = typeof event === 'object' && event !== null && 'runId' in event ? event.runId : undefined;
  return typeof runId === 'string' ? { runId } : {};
}

/** Lambda carries JSON only: what JSON drops, the other side never sees. */
const asJson = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
