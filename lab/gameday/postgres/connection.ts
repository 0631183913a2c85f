import pg from 'pg';
import { CONNECT_TIMEOUT_MS, DEFAULT_DATABASE, QUERY_TIMEOUT_MS, SUPERUSER } from './settings.ts';

/** Where a database listens and what opens it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

export function connectionString(address: Address, user = SUPERUSER, database = DEFAULT_DATABASE): string {
  return `postgres://${user}:${address.password}@${address.host}:${address.port}/${database}`;
}

/** A small pool for the lab's own questions. The death of the server fails the queries, never this process. */
export function openPool(address: Address): pg.Pool {
  const pool = new pg.Pool({
    connectionString: connectionString(address),
    max: 4,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    allowExitOnIdle: true,
    application_name: 'lab',
  });
  pool.on('error', () => undefined);
  return pool;
}

/** Runs work on one connection that is its own: a backup needs one session, and a probe of new settings a new one. */
export async function withClient<T>(address: Address, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: connectionString(address),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'lab',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
