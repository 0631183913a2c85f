import type { LabClock } from '../../cloud/clock.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

/** The fields of a state that say what becomes of its errors. */
export interface Resilience {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

/** What a Fail state, a task that takes too long, or the machine's own deadline raises. */
export class StateError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** "States.TaskFailed: a wildcard that matches any error except for States.Timeout." – Step Functions Developer Guide */
function matches({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }, { name }: Error): boolean {
  if (name === 'States.Runtime') return ErrorEquals.includes(name);
  if (ErrorEquals.includes('States.ALL') || ErrorEquals.includes(name)) return true;
  return ErrorEquals.includes('States.TaskFailed') && name !== 'States.Timeout';
}

export const catcherFor = (state: Resilience, error: Error): Catcher | undefined =>
  state.Catch?.find((catcher) => matches(catcher, error));

/**
 * Does the work again as often as the state's retriers say, each with a count of its own. Defaults: 1 s, 3 attempts, rate 2.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export async function retried<T>(state: Resilience, clock: LabClock, work: () => Promise<T>): Promise<T> {
  const retries = new Map<Retrier, number>();
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      const retrier = state.Retry?.find((one) => matches(one, asError(thrown)));
      const before = retrier === undefined ? 0 : (retries.get(retrier) ?? 0);
      if (retrier === undefined || before >= (retrier.MaxAttempts ?? 3)) throw thrown;
      retries.set(retrier, before + 1);
      await clock.sleep(1000 * pauseSeconds(retrier, before));
    }
  }
}

function pauseSeconds(retrier: Retrier, retries: number): number {
  const { BackoffRate = 2, IntervalSeconds = 1, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  return Math.min(IntervalSeconds * BackoffRate ** retries, MaxDelaySeconds);
}
