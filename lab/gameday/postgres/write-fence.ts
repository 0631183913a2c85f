import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** What is needed of a connection that is the fence's own. */
type Session = Pick<pg.ClientBase, 'query'>;

export interface Fence {
  /** It must be allowed to write itself, or the fence could not be taken away. */
  readonly session: Session;
  /** Opens a session as the application does, and closes it after the work. */
  readonly withNewSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** Ends only sessions whose `application_name` begins so. Default: all but its own. */
  readonly application?: string;
}

const reloadTimeoutMs = 10_000;

/**
 * Makes every new transaction read-only by default, then ends the sessions, so that no writer keeps a transaction from
 * before. `ALTER SYSTEM` and not `ALTER DATABASE`: that would be replicated, and the standby read-only after its promotion.
 * Replication has sessions of another type, which go on. It is a fence for well-meaning clients: one that says
 * SET TRANSACTION READ WRITE still writes.
 */
export async function closeToWriters({ application = '', session, withNewSession }: Fence): Promise<void> {
  await setDefault(session, 'on');
  await untilShown('on', withNewSession);
  await session.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND starts_with(application_name, $1)`,
    [application],
  );
}

/** Sessions that are there read the new default themselves, before their next transaction. */
export async function openToWriters({ session, withNewSession }: Fence): Promise<void> {
  await setDefault(session, 'off');
  await untilShown('off', withNewSession);
}

async function setDefault(session: Session, value: 'on' | 'off'): Promise<void> {
  await session.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await session.query('SELECT pg_reload_conf()');
}

/** A reload is a signal: the postmaster reads the new value some time after the call has returned. */
async function untilShown(value: 'on' | 'off', withNewSession: Fence['withNewSession']): Promise<void> {
  const deadline = performance.now() + reloadTimeoutMs;
  while ((await withNewSession(shown)) !== value) {
    if (performance.now() > deadline)
      throw new Error(`default_transaction_read_only is not ${value} after ${reloadTimeoutMs} ms.`);
    await sleep(2);
  }
}

async function shown(session: Session): Promise<string | undefined> {
  const { rows } = await session.query<{ default_transaction_read_only: string }>('SHOW default_transaction_read_only');
  return rows[0]?.default_transaction_read_only;
}
