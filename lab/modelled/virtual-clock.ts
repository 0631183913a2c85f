import type { Clock } from '../../shared/domain/ports.ts';
import type { Instant } from '../../shared/domain/run.ts';

interface Sleeper {
  readonly wakesAt: Instant;
  readonly wake: () => void;
}

/** Serves our own code and the simulated cloud alike, so that both live in one time. */
export interface VirtualClock extends Clock {
  nowMs(): Instant;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves time without anybody sleeping. */
  advance(ms: number): void;
}

/** 2026-01-01T12:00:00Z: any fixed moment, so that a failure reads the same at each repetition. */
export const noon: Instant = Date.UTC(2026, 0, 1, 12);

/**
 * Time that only passes while everybody sleeps: once all other work has come to rest, the clock jumps to the next moment
 * at which somebody wants to wake, and sleepers of the same moment wake one by one in the order in which they fell asleep.
 * @param turnsToRest how many turns of the event loop without anything to do count as rest; loading a module for the first
 *   time takes turns of its own, in which time must not run away
 */
export function virtualClock(startsAt: Instant = noon, turnsToRest = 1): VirtualClock {
  let now = startsAt;
  let sleepers: readonly Sleeper[] = [];
  let turning = false;

  const turn = (): void => {
    turning = false;
    const [next] = sleepers;
    if (next === undefined) return;
    sleepers = sleepers.slice(1);
    now = Math.max(now, next.wakesAt);
    next.wake();
    turnLater();
  };
  const turnLater = (): void => {
    if (turning || sleepers.length === 0) return;
    turning = true;
    afterRest(turnsToRest, turn);
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { wakesAt: now + ms, wake: resolve };
      const after = sleepers.findIndex(({ wakesAt }) => wakesAt > sleeper.wakesAt);
      sleepers = after < 0 ? [...sleepers, sleeper] : sleepers.toSpliced(after, 0, sleeper);
      signal?.addEventListener('abort', () => {
        sleepers = sleepers.filter((one) => one !== sleeper);
        resolve();
      });
      turnLater();
    });
  };

  return {
    now: () => now,
    nowMs: () => now,
    sleep,
    advance: (ms) => {
      now += ms;
    },
  };
}

function afterRest(turns: number, then: () => void): void {
  setImmediate(turns <= 1 ? then : () => afterRest(turns - 1, then));
}
