import type { Clock } from '../../shared/domain/ports.ts';
import type { Instant } from '../../shared/domain/run.ts';
import { type Sleeper, sleepers } from './sleepers.ts';

/** Serves our own code and the simulated cloud alike, so that both live in one time. */
export interface VirtualClock extends Clock {
  nowMs(): Instant;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves time without anybody sleeping. */
  advance(ms: number): void;
  /** From then on nobody wakes any more: whatever sleeps is abandoned where it is. */
  stop(): void;
}

/** As many immediates share one turn of the event loop, which costs more than most of what is done in it. */
const turnsAtOnce = 64;

/**
 * Who is to be woken by a signal, in order. It has one listener for all of them: most sleep until the world stops, and to
 * listen anew for each sleep costs more than the sleep.
 */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function wokenBy(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const sleepers = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of sleepers) wake();
  };
  signal.addEventListener('abort', wakeAll, { once: true });
  waiting.set(signal, sleepers);
  return sleepers;
}

/** 2026-01-01T12:00:00Z: any fixed moment, so that a failure reads the same at each repetition. */
export const noon: Instant = Date.UTC(2026, 0, 1, 12);

/**
 * Time that only passes while everybody sleeps: once all other work has come to rest, the clock jumps to the next moment
 * at which somebody wants to wake, and sleepers of the same moment wake one by one in the order in which they fell asleep.
 *
 * Rest is the next immediate: Node runs all microtasks to their end before it, so whoever has not gone to sleep by then waits
 * for a sleeper. That is sound as long as nobody waits for anything else: no timer, file or
 * socket, and no module that is loaded on the way (modelled-lab.ts loads them before time begins).
 */
export function virtualClock(startsAt: Instant = noon): VirtualClock {
  const asleep = sleepers();
  let now = startsAt;
  let turnsToCome = 0;

  const turn = (): void => {
    turnsToCome--;
    const next = asleep.next();
    if (next === undefined) return;
    now = Math.max(now, next.wakesAt);
    next.wake();
    turnLater();
  };
  const turnLater = (): void => {
    if (turnsToCome > 0 || asleep.isEmpty()) return;
    turnsToCome = turnsAtOnce;
    for (let ordered = 0; ordered < turnsAtOnce; ordered++) setImmediate(turn);
  };
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const woken = signal === undefined ? undefined : wokenBy(signal);
      // Clocks show whole milliseconds, as Date does.
      const sleeper: Sleeper = asleep.add(now + Math.ceil(ms), () => {
        woken?.delete(onAbort);
        resolve();
      });
      const onAbort = (): void => {
        sleeper.isAwake = true;
        resolve();
      };
      woken?.add(onAbort);
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
    stop: asleep.abandon,
  };
}
