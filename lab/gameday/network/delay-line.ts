import type { Socket } from 'node:net';

/**
 * What may be under way in one direction before the sender is held back. 35 ms of PostgreSQL's stream stay below 10 MB:
 * this bounds memory, not throughput.
 */
const IN_FLIGHT_BYTES_MAX = 32 * 1024 * 1024;

/** Bytes, or how the stream ended: closed in order, or reset. */
type Cargo = Buffer | 'end' | 'reset';

/** One direction of one connection. */
export interface DelayLine {
  /** Takes up and delivers from now on: the connection stands. */
  open(): void;
  /** Delivers and takes up nothing; what is under way waits. */
  cut(): void;
  heal(): void;
  /** Forgets what is under way, for good. */
  stop(): void;
}

/**
 * Moves bytes from one socket to another, in order, each `delayMs()` later than it came. The end of the stream travels
 * like a byte: what the source sent before it died arrives, and only then does the other side learn of the death.
 */
export function delayLine(from: Socket, to: Socket, delayMs: () => number): DelayLine {
  const queue: { readonly dueAt: number; readonly cargo: Cargo }[] = [];
  const state = { isOpen: false, isCut: false, isBlocked: false, inFlightBytes: 0 };
  let timer: NodeJS.Timeout | undefined;

  const accept = (cargo: Cargo) => {
    queue.push({ dueAt: performance.now() + delayMs(), cargo });
    state.inFlightBytes += sizeOf(cargo);
    proceed();
  };
  /** Called after every change: reads on or holds the sender back, and sets the timer for what is due next. */
  const proceed = () => {
    const takesUp = state.isOpen && !state.isCut && state.inFlightBytes <= IN_FLIGHT_BYTES_MAX;
    if (takesUp) from.resume();
    else from.pause();
    const next = queue[0];
    if (next === undefined || state.isCut || state.isBlocked || timer !== undefined) return;
    // A timer may fire a fraction of a millisecond early; rounding up keeps the delay a lower bound.
    timer = setTimeout(deliverDue, Math.max(0, Math.ceil(next.dueAt - performance.now())));
  };
  const deliverDue = () => {
    timer = undefined;
    for (let next = queue[0]; next !== undefined && !state.isCut && !state.isBlocked; next = queue[0]) {
      if (next.dueAt > performance.now()) break;
      queue.shift();
      state.inFlightBytes -= sizeOf(next.cargo);
      state.isBlocked = !deliver(next.cargo, to);
    }
    proceed();
  };
  const unblock = () => {
    state.isBlocked = false;
    proceed();
  };

  from.on('data', accept);
  from.once('end', () => accept('end'));
  from.once('close', (hadError) => accept(hadError ? 'reset' : 'end'));
  to.on('drain', unblock).once('close', unblock);

  return {
    open: () => {
      state.isOpen = true;
      proceed();
    },
    cut: () => {
      state.isCut = true;
      proceed();
    },
    heal: () => {
      state.isCut = false;
      proceed();
    },
    stop: () => {
      clearTimeout(timer);
      queue.length = 0;
      state.isCut = true;
    },
  };
}

function sizeOf(cargo: Cargo): number {
  return typeof cargo === 'string' ? 0 : cargo.length;
}

/** False when the receiver's buffer is full: then nothing more until it drains. To a closed receiver all is delivered. */
function deliver(cargo: Cargo, to: Socket): boolean {
  if (to.destroyed) return true;
  if (cargo === 'reset') to.resetAndDestroy();
  else if (cargo === 'end') to.end();
  else return to.write(cargo);
  return true;
}
