import { Client, type Pool, type PoolClient } from 'pg';
import { closeToWriters, type Fence, openToWriters } from '../postgres/write-fence.ts';
import type { ServiceSettings } from './settings.ts';

/** Sessions of the order services; the gate has another name, so that it is not ended with them. */
export const ORDER_SESSIONS = 'order-service-';

const STATE = `SELECT NOT pg_is_in_recovery() AND region = $1 AS ours, closed_in IS NOT DISTINCT FROM $1 AS closed,
    (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at_ms FROM write_lease`;
/** Marked before it is closed, so that the next grant opens it whatever became of this process. */
const MARK_CLOSED = `UPDATE write_lease SET closed_in = $1
  WHERE region = $1 AND clock_timestamp() >= expires_at RETURNING epoch`;
const MARK_OPEN = 'UPDATE write_lease SET closed_in = NULL WHERE closed_in = $1';
/** One at a time among all processes of the pool; the number means nothing. */
const LOCK = 'SELECT pg_advisory_lock(7130117)';
const UNLOCK = 'SELECT pg_advisory_unlock(7130117)';

const retryMs = 100;
const never = Number.POSITIVE_INFINITY;

/** PostgreSQL itself, closed to the application while its Region has no grant. */
export interface DatabaseDoor {
  /** Looks as soon as it can whether the door is as the grant wants it, and sees to it. */
  lookSoon(): void;
  /** The same at that moment, ms since 1970, or before. */
  lookAt(at: number): void;
}

/**
 * The second line behind the gate at the commit (schema.ts), which holds orders to the lease at any moment: once a grant
 * has ended, whether the guard says so or its time is up, the whole database is read-only and the order services' sessions
 * are ended; with the next grant it is opened again. It follows the grant's row and not the requests, so their order
 * does not matter, and what a process leaves half-done the next one finishes.
 */
export function openDatabaseDoor(options: DoorOptions): DatabaseDoor {
  let timer: NodeJS.Timeout | undefined;
  let dueAt = never;
  let isLooking = false;
  const lookAt = (at: number): void => {
    dueAt = Math.min(dueAt, at);
    // What is asked for during a look may have come too late for it: it is looked at again afterwards.
    if (isLooking || dueAt === never) return;
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, dueAt - Date.now()));
  };
  const look = async (): Promise<void> => {
    isLooking = true;
    dueAt = never;
    const next = await settle(options).catch(() => Date.now() + retryMs);
    isLooking = false;
    lookAt(next);
  };
  return { lookAt, lookSoon: () => lookAt(0) };
}

interface DoorOptions extends Pick<ServiceSettings, 'databaseUrl' | 'region'> {
  /** Sessions that may write. */
  readonly pool: Pool;
}

/** @returns when to look again, ms since 1970 */
async function settle({ databaseUrl, pool, region }: DoorOptions): Promise<number> {
  const session = await pool.connect();
  let isSound = false;
  try {
    await session.query(LOCK);
    const next = await follow(session, region, fenceOf(session, databaseUrl));
    await session.query(UNLOCK);
    isSound = true;
    return next;
  } finally {
    // The lock of a session that is in doubt ends with it.
    session.release(!isSound);
  }
}

async function follow(session: PoolClient, region: string, fence: Fence): Promise<number> {
  const [row] = (await session.query<DoorRow>(STATE, [region])).rows;
  // A database that was promoted just now still has the row of the other Region: it waits for its first grant, open.
  if (row === undefined || !row.ours) return never;
  if ((await session.query(MARK_CLOSED, [region])).rowCount === 1) {
    await closeToWriters(fence);
    return never;
  }
  if (row.closed) {
    await openToWriters(fence);
    await session.query(MARK_OPEN, [region]);
  }
  return row.expires_at_ms;
}

interface DoorRow {
  readonly ours: boolean;
  readonly closed: boolean;
  readonly expires_at_ms: number;
}

function fenceOf(session: PoolClient, connectionString: string): Fence {
  return {
    session,
    application: ORDER_SESSIONS,
    async withNewSession(work) {
      const client = new Client({ connectionString, application_name: 'order-gate-probe' });
      client.on('error', () => {});
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  };
}
