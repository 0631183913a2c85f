import type { Instant } from '../../shared/domain/run.ts';

export interface Sleeper {
  readonly wakesAt: Instant;
  /** Of two that wake at the same moment, the one that fell asleep first wakes first. */
  readonly order: number;
  readonly wake: () => void;
  /** Somebody woke it otherwise: it is passed over. */
  isAwake: boolean;
}

/** Those who sleep, as a binary heap by the moment at which they wake. */
export function sleepers() {
  let heap: Sleeper[] = [];
  let count = 0;
  let isAbandoned = false;
  return {
    add(wakesAt: Instant, wake: () => void): Sleeper {
      const sleeper = { wakesAt, order: count++, wake, isAwake: false };
      if (!isAbandoned) push(heap, sleeper);
      return sleeper;
    },
    /** The next to wake; it sleeps no longer. */
    next(): Sleeper | undefined {
      for (let first = pop(heap); first !== undefined; first = pop(heap)) if (!first.isAwake) return first;
      return undefined;
    },
    isEmpty: () => heap.length === 0,
    abandon(): void {
      isAbandoned = true;
      heap = [];
    },
  };
}

const isBefore = (one: Sleeper, other: Sleeper): boolean =>
  one.wakesAt < other.wakesAt || (one.wakesAt === other.wakesAt && one.order < other.order);

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, sleeper)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = sleeper;
}

function pop(heap: Sleeper[]): Sleeper | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const child = earlierChild(heap, at);
    const sleeper = heap[child];
    if (sleeper === undefined || !isBefore(sleeper, last)) break;
    heap[at] = sleeper;
    at = child;
  }
  heap[at] = last;
  return first;
}

function earlierChild(heap: readonly Sleeper[], at: number): number {
  const left = heap[2 * at + 1];
  const right = heap[2 * at + 2];
  return right !== undefined && left !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
}
