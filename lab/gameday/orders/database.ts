import type { QueryResultRow } from 'pg';
import { asker } from './ask.ts';
import { ORDER_SESSIONS } from './database-door.ts';
import type { Order, StoredOrder } from './order.ts';
import { openSessions } from './sessions.ts';
import type { ServiceSettings } from './settings.ts';
import { DatabaseTrouble } from './trouble.ts';

const COLUMNS = `id, item, amount_cents, region, epoch::float8,
  (extract(epoch FROM committed_at) * 1000)::float8 AS committed_at_ms`;
const INSERT = {
  name: 'insert-order',
  text: `INSERT INTO orders (id, item, amount_cents, region, epoch)
    VALUES ($1, $2, $3, $4, (SELECT epoch FROM write_lease))
    ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}, ${leaseEndOf('$4')}`,
};
const REPEATED = {
  name: 'find-repeated-order',
  text: `SELECT ${COLUMNS}, ${leaseEndOf('$2')} FROM orders WHERE id = $1`,
};
const SELECT = { name: 'find-order', text: `SELECT ${COLUMNS} FROM orders WHERE id = $1` };
// In recovery every transaction is read-only; so is one that an operator has fenced by default_transaction_read_only.
// The heartbeat: the newest commit that this database has replayed, or now where it commits itself.
const HEALTH = {
  name: 'health',
  text: `SELECT NOT in_recovery AND current_setting('transaction_read_only') = 'off' AS writable,
      (extract(epoch FROM heartbeat) * 1000)::float8 AS heartbeat_at_ms,
      (SELECT count(*)::int FROM orders
        WHERE committed_at > heartbeat - interval '1 second' AND committed_at <= heartbeat) AS writes_per_second
    FROM (SELECT in_recovery, CASE WHEN in_recovery THEN pg_last_xact_replay_timestamp() ELSE clock_timestamp() END
        AS heartbeat FROM (SELECT pg_is_in_recovery() AS in_recovery) AS role) AS beat`,
};

/** The end of this Region's grant; long ago when another Region has it, null where writing takes no lease. */
function leaseEndOf(region: string): string {
  const ends = `CASE WHEN region = ${region} THEN expires_at ELSE '-infinity' END`;
  return `(SELECT (extract(epoch FROM ${ends}) * 1000)::float8 FROM write_lease) AS lease_end_ms`;
}

interface OrderRow extends QueryResultRow {
  readonly id: string;
  readonly item: string;
  readonly amount_cents: number;
  readonly region: string;
  readonly epoch: number | null;
  readonly committed_at_ms: number;
}

interface HealthRow extends QueryResultRow {
  readonly writable: boolean;
  readonly heartbeat_at_ms: number | null;
  readonly writes_per_second: number;
}

/** What the database says of itself. */
export interface Health {
  readonly writable: boolean;
  /** The newest commit that is here; ms since the epoch, by the writer's clock. Undefined when there was none yet. */
  readonly heartbeatAt: number | undefined;
  /** Orders of the last second before it. */
  readonly writesPerSecond: number;
}

interface AcknowledgedRow extends OrderRow {
  readonly lease_end_ms: number | null;
}

/** Every function rejects with `DatabaseTrouble`, at the latest after `databaseTimeoutMs`. */
export interface OrderDatabase {
  /** Resolves after the commit. A repeated id changes nothing and returns the row that is there. */
  place(order: Order): Promise<{ readonly created: boolean; readonly row: StoredOrder }>;
  find(id: string): Promise<StoredOrder | undefined>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

/**
 * Opens no connection yet. Connections outlive a promotion: PostgreSQL keeps the sessions of a standby, so the next
 * insert on the same connection succeeds.
 */
export function openOrderDatabase(settings: ServiceSettings): OrderDatabase {
  const { databaseUrl, databaseTimeoutMs, connectionsMax, region } = settings;
  const pool = openSessions({
    connectionString: databaseUrl,
    application_name: `${ORDER_SESSIONS}${process.pid}`,
    max: connectionsMax,
    connectionTimeoutMillis: databaseTimeoutMs,
    statement_timeout: databaseTimeoutMs,
  });
  const ask = asker(pool, databaseTimeoutMs);
  return {
    async place(order) {
      const deadlineAt = performance.now() + databaseTimeoutMs;
      // One statement outside BEGIN is one transaction: its completion is reported after the commit.
      const values = [order.id, order.item, order.amountCents, region];
      const [inserted] = await ask<AcknowledgedRow>({ ...INSERT, values }, deadlineAt);
      if (inserted !== undefined) return { created: true, row: acknowledged(inserted) };
      const repeated = { ...REPEATED, values: [order.id, region] };
      const [existing] = await ask<AcknowledgedRow>(repeated, deadlineAt);
      if (existing === undefined) throw new Error(`Order ${order.id} was there and is gone: orders are never deleted.`);
      return { created: false, row: acknowledged(existing) };
    },
    async find(id) {
      const [row] = await ask<OrderRow>({ ...SELECT, values: [id] });
      return row && toStoredOrder(row);
    },
    async health() {
      const [row] = await ask<HealthRow>(HEALTH);
      return {
        writable: row?.writable === true,
        heartbeatAt: row?.heartbeat_at_ms ?? undefined,
        writesPerSecond: row?.writes_per_second ?? 0,
      };
    },
    close: () => pool.end(),
  };
}

/**
 * An acknowledgement promises that the row stays, and only the holder of the lease can promise that. The gate has looked
 * before the commit; here the commit is behind us, so what is acknowledged was committed while the lease ran.
 */
function acknowledged(row: AcknowledgedRow): StoredOrder {
  if (row.lease_end_ms !== null && Date.now() >= row.lease_end_ms) {
    throw new DatabaseTrouble('no-lease', 'the write lease ended before the order could be acknowledged');
  }
  return toStoredOrder(row);
}

function toStoredOrder(row: OrderRow): StoredOrder {
  const { id, item, amount_cents: amountCents, region, epoch, committed_at_ms: committedAt } = row;
  return { id, item, amountCents, region, epoch, committedAt };
}
