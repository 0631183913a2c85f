import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, withClient } from './connection.ts';
import type { Query } from './database.ts';
import { QUERY_TIMEOUT_MS } from './settings.ts';

interface Fence {
  readonly query: Query;
  readonly address: Address;
  readonly readOnly: boolean;
}

/**
 * Makes every new transaction read-only by default, then ends all other sessions, so that no writer keeps a transaction
 * from before. It is a fence for well-meaning clients: one that says SET TRANSACTION READ WRITE still writes.
 */
export async function setReadOnly({ query, address, readOnly }: Fence): Promise<void> {
  const value = readOnly ? 'on' : 'off';
  await query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await query('SELECT pg_reload_conf()');
  await untilNewSessionsShow(address, value);
  await query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
}

/** A reload is a signal: the postmaster reads the new value some time after the call has returned. */
async function untilNewSessionsShow(address: Address, value: string): Promise<void> {
  const deadline = performance.now() + QUERY_TIMEOUT_MS;
  while ((await shownToNewSession(address)) !== value) {
    if (performance.now() > deadline)
      throw new Error(`default_transaction_read_only is not ${value} after ${QUERY_TIMEOUT_MS} ms.`);
    await sleep(2);
  }
}

async function shownToNewSession(address: Address): Promise<string | undefined> {
  return withClient(address, async (client) => {
    const result = await client.query<{ default_transaction_read_only: string }>('SHOW default_transaction_read_only');
    return result.rows[0]?.default_transaction_read_only;
  });
}
