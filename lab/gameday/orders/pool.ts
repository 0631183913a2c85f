import { setTimeout as sleep } from 'node:timers/promises';
import { keepSlots, type PoolProcess } from './pool-slots.ts';

export type { PoolProcess } from './pool-slots.ts';

const PROCESSES_MAX = 4;

export interface OrderPoolOptions {
  /** Starts one service process, which says `{ type: 'ready' }` over IPC once it serves. */
  readonly spawn: (index: number) => PoolProcess;
  /** Pause before a process that ended by itself is started again. */
  readonly restartDelayMs?: number;
  /** After this long without `desired` ready processes a call rejects; the pool itself goes on trying. */
  readonly readyTimeoutMs?: number;
}

/** The order service of one Region: N processes on one address and port, as ECS would run N tasks. */
export interface OrderPool {
  /** Resolves when exactly `count` (0 to 4) processes are ready and the others have ended. In a lost pool: at once. */
  setDesired(count: number): Promise<void>;
  /** How many are ready. */
  running(): number;
  /** The processes that are alive, ready or not: what a fault may freeze or kill. */
  pids(): readonly number[];
  /** The Region is lost: everything is killed at once and nothing starts until `restore`. */
  lose(): Promise<void>;
  /** The Region is back: what is desired by now is started. */
  restore(): Promise<void>;
  /** Ends every process in order. Call it before the processes' owner ends them, or they are taken for crashed. */
  close(): Promise<void>;
}

export function createOrderPool({ spawn, restartDelayMs = 100, readyTimeoutMs = 10_000 }: OrderPoolOptions): OrderPool {
  let desired = 0;
  let isLost = false;
  const slots = keepSlots({ spawn, restartDelayMs, wanted: () => (isLost ? 0 : desired) });

  async function settled(): Promise<void> {
    slots.reconcile(isLost ? 'SIGKILL' : 'SIGTERM');
    const giveUp = sleep(readyTimeoutMs, 'late', { ref: false });
    while (!slots.isSettled()) {
      if ((await Promise.race([slots.changed(), giveUp])) !== 'late') continue;
      throw new Error(`After ${readyTimeoutMs} ms ${slots.ready()} of ${desired} order processes are ready.`);
    }
  }

  return {
    running: slots.ready,
    pids: slots.pids,
    async setDesired(count) {
      if (!Number.isInteger(count) || count < 0 || count > PROCESSES_MAX) {
        throw new RangeError(`A pool has 0 to ${PROCESSES_MAX} processes, not ${count}.`);
      }
      desired = count;
      await settled();
    },
    async lose() {
      isLost = true;
      await settled();
    },
    async restore() {
      isLost = false;
      await settled();
    },
    async close() {
      desired = 0;
      await settled();
    },
  };
}
