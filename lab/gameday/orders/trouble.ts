import { DatabaseError } from 'pg';
import { NO_LEASE } from './schema.ts';

/** Why the database could not serve a request. The list is closed: it leaves the process in every 503. */
export type TroubleReason = 'read-only' | 'no-lease' | 'unreachable' | 'timeout' | 'failed';

/** The foreign error, converted once; `cause` keeps it. */
export class DatabaseTrouble extends Error {
  readonly reason: TroubleReason;

  constructor(reason: TroubleReason, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'DatabaseTrouble';
    this.reason = reason;
  }
}

// SQLSTATE, PostgreSQL manual, appendix A: read_only_sql_transaction, query_canceled.
const READ_ONLY = '25006';
const QUERY_CANCELED = '57014';

/** pg's own timeouts carry no code, so whether the time was up is the caller's knowledge. */
export function toDatabaseTrouble(cause: unknown, { timedOut }: { readonly timedOut: boolean }): DatabaseTrouble {
  if (!(cause instanceof DatabaseError)) return new DatabaseTrouble(timedOut ? 'timeout' : 'unreachable', cause);
  if (cause.code === READ_ONLY) return new DatabaseTrouble('read-only', cause);
  if (cause.code === NO_LEASE) return new DatabaseTrouble('no-lease', cause);
  if (cause.code === QUERY_CANCELED) return new DatabaseTrouble('timeout', cause);
  return new DatabaseTrouble(keepsSession(cause) ? 'failed' : 'unreachable', cause);
}

/** After an ERROR the session goes on; after FATAL, PANIC or a broken or silent connection it does not. */
export function keepsSession(cause: unknown): boolean {
  return cause instanceof DatabaseError && cause.severity === 'ERROR';
}
