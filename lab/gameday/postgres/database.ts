import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { LabProcess } from '../processes/lab-process.ts';
import { type Address, connectionString, openPool } from './connection.ts';
import type { Home } from './data-directory.ts';
import { promote } from './promotion.ts';
import { type ReplicationLag, readReplicationLag } from './replication-lag.ts';
import { type Server, startServer } from './server.ts';

/** Runs one statement and returns its rows. Rejects when the server is dead, frozen for too long, or says no. */
export type Query = <T extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]) => Promise<readonly T[]>;

/**
 * What listens at one address of one Region: a PostgreSQL server, a primary, or a standby until it is promoted. Another
 * server may be seated behind the address later; whoever knows the address need not know.
 */
export interface Database {
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  /** What opens this server and every server that was copied from it. Random for each primary that is created. */
  readonly password: string;
  readonly home: Home;
  readonly dataDirectory: string;
  readonly process: LabProcess;
  connectionString(user?: string, database?: string): string;
  readonly query: Query;
  isInRecovery(): Promise<boolean>;
  /** Resolves when the server accepts writes. Asking a primary is harmless: it is what it should become. */
  promote(): Promise<void>;
  replicationLag(): Promise<ReplicationLag>;
  /** The log position written (primary) or replayed (standby), such as `0/3000148`. */
  walPosition(): Promise<string>;
  /** Starts a server that was killed anew, on its old data and its old port. Resolves when it accepts connections. */
  startAgain(): Promise<void>;
  /** Ends the server in order, with all its connections. Resolves when nothing listens at the address any more. */
  stop(): Promise<void>;
  /** From now on another server is behind this address: one that was started on the port and opens with the password. */
  seat(server: Server): void;
}

const STOP_TIMEOUT_MS = 5_000;

export function databaseOf(server: Server, password: string): Database {
  const address: Address = { host: '127.0.0.1', port: server.port, password };
  let current = server;
  const query = queryThrough(openPool(address));
  return {
    ...address,
    name: server.home.name,
    region: server.home.region,
    get home() {
      return current.home;
    },
    get dataDirectory() {
      return current.home.dataDirectory;
    },
    get process() {
      return current.process;
    },
    connectionString: (user, database) => connectionString(address, user, database),
    query,
    isInRecovery: () => readIsInRecovery(query),
    promote: () => promote(query),
    replicationLag: () => readReplicationLag(query),
    walPosition: () => readWalPosition(query),
    async startAgain() {
      current = await startServer(current.home, server.port);
    },
    stop: () => stopServer(current),
    seat(next) {
      current = next;
    },
  };
}

/** SIGINT is PostgreSQL's fast shutdown: transactions are rolled back, and what is committed is on disk. */
async function stopServer({ process: postmaster }: Server): Promise<void> {
  postmaster.kill('SIGINT');
  const ended = await Promise.race([postmaster.exited, sleep(STOP_TIMEOUT_MS, 'late' as const, { ref: false })]);
  if (ended !== 'late') return;
  postmaster.kill('SIGQUIT');
  await postmaster.exited;
}

function queryThrough(pool: pg.Pool): Query {
  return async <T extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []) => {
    const result = await pool.query<T>(sql, [...params]);
    return result.rows;
  };
}

async function readIsInRecovery(query: Query): Promise<boolean> {
  const [row] = await query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  return row?.standby === true;
}

async function readWalPosition(query: Query): Promise<string> {
  const [row] = await query<{ position: string }>(
    `SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS position`,
  );
  return row?.position ?? '0/0';
}
