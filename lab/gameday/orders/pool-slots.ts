import { setTimeout as sleep } from 'node:timers/promises';

/** What the pool needs of a process; the `LabProcess` of a workplace is one. */
export interface PoolProcess {
  readonly pid: number;
  /** Settles when the process has ended, and never rejects. */
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): unknown;
  readonly child: { on(event: 'message', listener: (message: unknown) => void): unknown };
}

export interface SlotOptions {
  readonly spawn: (index: number) => PoolProcess;
  readonly restartDelayMs: number;
  readonly wanted: () => number;
}

export interface Slots {
  /** Starts what is missing and ends what is too many. */
  reconcile(endBy: 'SIGTERM' | 'SIGKILL'): void;
  ready(): number;
  pids(): readonly number[];
  isSettled(): boolean;
  /** Resolves when a process has become ready or has ended. */
  changed(): Promise<void>;
}

interface Slot {
  readonly process: PoolProcess;
  isReady: boolean;
  isLeaving: boolean;
}

/** Keeps the processes 0 to `wanted` − 1. A number is free again only after its process has ended. */
export function keepSlots({ spawn, restartDelayMs, wanted }: SlotOptions): Slots {
  const slots = new Map<number, Slot>();
  let change = Promise.withResolvers<void>();
  const ready = () => [...slots.values()].filter((slot) => slot.isReady && !slot.isLeaving).length;

  function reconcile(endBy: 'SIGTERM' | 'SIGKILL'): void {
    for (const [index, slot] of slots) if (index >= wanted()) end(slot, endBy);
    for (let index = 0; index < wanted(); index += 1) if (!slots.has(index)) start(index);
  }

  function start(index: number): void {
    const slot: Slot = { process: spawn(index), isReady: false, isLeaving: false };
    slots.set(index, slot);
    slot.process.child.on('message', (message) => {
      slot.isReady ||= saysReady(message);
      notify();
    });
    void slot.process.exited.then(() => replaced(index, slot));
  }

  async function replaced(index: number, slot: Slot): Promise<void> {
    slots.delete(index);
    notify();
    if (!slot.isLeaving) await sleep(restartDelayMs);
    try {
      reconcile('SIGTERM');
    } catch {
      // Nothing can be started any more, as when the lab is closing; whoever waits for the pool runs into its timeout.
    }
  }

  function notify(): void {
    change.resolve();
    change = Promise.withResolvers();
  }

  return {
    reconcile,
    ready,
    pids: () => [...slots.values()].map(({ process }) => process.pid),
    isSettled: () => ready() === wanted() && slots.size === wanted(),
    changed: () => change.promise,
  };
}

/** One that is already on its way out is asked again only by the stronger signal. */
function end(slot: Slot, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (slot.isLeaving && signal === 'SIGTERM') return;
  slot.isLeaving = true;
  slot.process.kill(signal);
}

function saysReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
