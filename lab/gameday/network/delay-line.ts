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
  const line: Line = {
    from,
    to,
    queue: [],
    inFlightBytes: 0,
    isOpen: false,
    isCut: false,
    isBlocked: false,
    timer: undefined,
  };
  const accept = (cargo: Cargo) => {
    line.queue.push({ dueAt: performance.now() + delayMs(), cargo });
    line.inFlightBytes += sizeOf(cargo);
    proceed(line);
  };
  const change = (flags: Partial<Pick<Line, 'isOpen' | 'isCut' | 'isBlocked'>>) => {
    Object.assign(line, flags);
    proceed(line);
  };
  from.on('data', accept);
  from.once('end', () => accept('end'));
  from.once('close', (hadError) => accept(hadError ? 'reset' : 'end'));
  to.on('drain', () => change({ isBlocked: false }));
  to.once('close', () => change({ isBlocked: false }));

  return {
    open: () => change({ isOpen: true }),
    cut: () => change({ isCut: true }),
    heal: () => change({ isCut: false }),
    stop: () => {
      clearTimeout(line.timer);
      line.queue.length = 0;
      line.isCut = true;
    },
  };
}

interface Line {
  readonly from: Socket;
  readonly to: Socket;
  readonly queue: { readonly dueAt: number; readonly cargo: Cargo }[];
  inFlightBytes: number;
  isOpen: boolean;
  isCut: boolean;
  isBlocked: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Called after every change: reads on or holds the sender back, and sets the timer for what is due next. */
function proceed(line: Line): void {
  const takesUp = line.isOpen && !line.isCut && line.inFlightBytes <= IN_FLIGHT_BYTES_MAX;
  if (takesUp) line.from.resume();
  else line.from.pause();
  const next = line.queue[0];
  if (next === undefined || line.isCut || line.isBlocked || line.timer !== undefined) return;
  // A timer may fire a fraction of a millisecond early; rounding up keeps the delay a lower bound.
  line.timer = setTimeout(deliverDue, Math.max(0, Math.ceil(next.dueAt - performance.now())), line);
}

function deliverDue(line: Line): void {
  line.timer = undefined;
  for (let next = line.queue[0]; next !== undefined && !line.isCut && !line.isBlocked; next = line.queue[0]) {
    if (next.dueAt > performance.now()) break;
    line.queue.shift();
    line.inFlightBytes -= sizeOf(next.cargo);
    line.isBlocked = !deliver(next.cargo, line.to);
  }
  proceed(line);
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
