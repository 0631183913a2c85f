import type { Clock } from '../../shared/domain/ports.ts';
import type { Instant } from '../../shared/domain/run.ts';

interface Sleeper {
  readonly wakesAt: Instant;
  readonly wake: () => void;
}

/** What counts as rest. */
export interface Rest {
  /** Turns of the event loop without anything to do. */
  readonly turns: number;
  /** Real time before a leap: loading a module takes turns in which a function must not seem to time out. */
  readonly leapPauseMs: number;
}

/** More than any pause inside a function; only what waits for nothing else, such as its timeout, is so far away. */
const leapMs = 10_000;

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
 * @param rest how long everybody must have been at rest; more than one turn where modules are loaded on the way
 */
export function virtualClock(startsAt: Instant = noon, rest: Rest = { turns: 1, leapPauseMs: 0 }): VirtualClock {
  let now = startsAt;
  let sleepers: readonly Sleeper[] = [];
  let turning = false;
  let hasPaused = false;

  const turn = (): void => {
    const [next] = sleepers;
    if (next !== undefined && next.wakesAt - now > leapMs && rest.leapPauseMs > 0 && !hasPaused) {
      hasPaused = true;
      setTimeout(turn, rest.leapPauseMs);
      return;
    }
    turning = false;
    hasPaused = false;
    if (next === undefined) return;
    sleepers = sleepers.slice(1);
    now = Math.max(now, next.wakesAt);
    next.wake();
    turnLater();
  };
  const turnLater = (): void => {
    if (turning || sleepers.length === 0) return;
    turning = true;
    afterRest(rest.turns, turn);
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
