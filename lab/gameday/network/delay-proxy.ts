import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { type DelayLine, delayLine } from './delay-line.ts';

/** One way across a continent: eu-central-1 to eu-west-1 is about 25 ms there and back, to us-east-1 about 90. */
const DEFAULT_DELAY_MS = 35;

/** `out`: from whoever connected towards the target; `back`: from the target. */
export type Direction = 'out' | 'back';

export interface DelayProxySpec {
  readonly target: { readonly host: string; readonly port: number };
  /** One way, in milliseconds. */
  readonly delayMs?: number;
}

/** A wire between two Regions, on loopback. */
export interface DelayProxy {
  readonly host: string;
  readonly port: number;
  /** For bytes that set out from now on. A shorter delay does not let them overtake earlier ones. */
  setDelayMs(delayMs: number): void;
  /** Delivers nothing any more, in one direction or both, and tells nobody: connections stay open. */
  cut(only?: { readonly direction: Direction }): void;
  /** Delivers again, in order and without a gap, as TCP would retransmit. */
  heal(): void;
  /** Resets every connection; new ones are accepted. */
  destroyConnections(): void;
  connectionCount(): number;
  close(): Promise<void>;
}

interface Link {
  /** Resolves when both of its connections have closed. */
  readonly closed: Promise<unknown>;
  readonly lines: Readonly<Record<Direction, DelayLine>>;
  destroy(): void;
}

/**
 * Opens a wire to `target`. How it stands for the real one:
 * - Bytes that had left a process before it was killed were on the wire and arrive, followed by the end of the stream;
 *   all that the process had not sent yet is lost. That difference is the data an asynchronous standby loses.
 * - For a Region that goes dark at once, its border routers too, call `cut()` in the tick of the kill: then not even those
 *   bytes arrive, and the loss is what was acknowledged within one delay.
 * - Connecting costs a round trip before the first byte may set out. A refusal by the target shows as a reset.
 */
export async function openDelayProxy({ target, delayMs = DEFAULT_DELAY_MS }: DelayProxySpec): Promise<DelayProxy> {
  const links = new Set<Link>();
  const severed = new Set<Direction>();
  let currentDelayMs = delayMs;

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (near) => {
    const link = joinSockets(near, target, () => currentDelayMs);
    for (const direction of severed) link.lines[direction].cut();
    links.add(link);
    // Only then: one end that outlives the other on a severed wire has still to be healed, or destroyed.
    void link.closed.then(() => links.delete(link));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const destroyConnections = () => {
    for (const link of links) link.destroy();
  };

  return {
    host: '127.0.0.1',
    port,
    setDelayMs: (next) => {
      currentDelayMs = next;
    },
    cut: (only) => {
      for (const direction of only === undefined ? (['out', 'back'] as const) : [only.direction]) {
        severed.add(direction);
        for (const link of links) link.lines[direction].cut();
      }
    },
    heal: () => {
      severed.clear();
      for (const link of links) {
        link.lines.out.heal();
        link.lines.back.heal();
      }
    },
    destroyConnections,
    connectionCount: () => links.size,
    close: async () => {
      destroyConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `once` would reject for the error that precedes a reset. */
const closing = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** The handshake's round trip passes before the target hears of the connection and before anything is read from it. */
function joinSockets(near: Socket, target: DelayProxySpec['target'], delayMs: () => number): Link {
  const far = new Socket({ allowHalfOpen: true });
  far.setNoDelay(true);
  const lines = { out: delayLine(near, far, delayMs), back: delayLine(far, near, delayMs) };
  // Errors are followed by 'close', and that is what the lines carry to the other side.
  near.on('error', () => undefined);
  far.on('error', () => undefined);
  far.once('connect', () => {
    lines.out.open();
    lines.back.open();
  });
  const closed = Promise.all([closing(near), closing(far)]);
  const handshake = setTimeout(() => far.connect(target.port, target.host), 2 * delayMs());

  return {
    closed,
    lines,
    destroy: () => {
      clearTimeout(handshake);
      lines.out.stop();
      lines.back.stop();
      near.resetAndDestroy();
      far.resetAndDestroy();
    },
  };
}
