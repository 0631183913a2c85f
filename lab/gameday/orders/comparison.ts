import type { QueryResultRow } from 'pg';
import { asker } from './ask.ts';
import { COMMITS_LOCK, GATE_TRIGGER_NAME } from './schema.ts';
import { openSessions } from './sessions.ts';
import type { ServiceSettings } from './settings.ts';

/** What data-comparison asks (shared/kinds/data-comparison/README.md), answered from the database of this Region. */
export interface Comparison {
  position(): Promise<Position>;
  /** All tables, or those that are named. */
  tables(named: readonly string[]): Promise<{ readonly tables: readonly TableSums[] }>;
  /** The rows of the chunk that begins at this key; undefined when there is no such table or chunk. */
  rows(table: string, from: string): Promise<{ readonly rows: readonly KeyedRow[] } | undefined>;
}

export interface Position {
  /** A log sequence number. */
  readonly position: string;
  readonly writable: boolean;
  readonly replica: boolean;
}

export interface TableSums extends Sum {
  readonly table: string;
  readonly chunks: readonly (Sum & { readonly from: string })[];
}

interface Sum {
  readonly rows: number;
  readonly checksum: string;
}

export interface KeyedRow {
  readonly key: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly writtenAt: number;
}

/** A million rows take about two seconds on two cores. */
const timeoutMs = 60_000;

/** `write_lease` is Understudy's own, and changes while nobody writes. */
const tables = ['orders'];

/** Whether an order would be committed now: on a writer with a gate, under a grant of this Region only. */
const WRITABLE = `SELECT pg_is_in_recovery() AS replica, NOT pg_is_in_recovery()
    AND (NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = '${GATE_TRIGGER_NAME}')
      OR EXISTS (SELECT FROM write_lease WHERE region = $1 AND clock_timestamp() < expires_at)) AS writable`;
/** Commits that have passed the gate hold the lock until they are on disk. */
const COMMITS_ENDED = `SELECT pg_advisory_xact_lock(${COMMITS_LOCK})`;
const POSITION = `SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0')
    ELSE pg_current_wal_flush_lsn() END::text AS position`;

/**
 * A chunk is a 64th of all possible keys, by their first six bits, so it is the same everywhere: of a million rows it has some
 * 16,000, which an answer still holds. Hashes of 64 bits, added by
 * exclusive or, do not depend on the order of the rows; keys are unique, so no two rows cancel each other out.
 */
const SUMS = `SELECT get_byte(uuid_send(id), 0) & 252 AS chunk, count(*)::int AS rows,
    bit_xor(hashtextextended(orders::text, 0))::text AS checksum
  FROM orders GROUP BY 1 ORDER BY 1`;
const ROWS = `SELECT id::text AS key, to_jsonb(orders) AS row, (extract(epoch FROM committed_at) * 1000)::bigint::float8 AS "writtenAt"
  FROM orders WHERE id BETWEEN $1 AND $2 ORDER BY id`;

/**
 * Read-only sessions of its own: they must outlive the fence that ends those of the orders. Time zone and date style are set,
 * since rows are hashed as text.
 */
const options = '-c default_transaction_read_only=on -c timezone=UTC -c datestyle=ISO';

export function openComparison({ databaseTimeoutMs, databaseUrl, region }: ServiceSettings): Comparison {
  const pool = openSessions({
    connectionString: databaseUrl,
    application_name: `order-comparison-${process.pid}`,
    options,
    max: 2,
    connectionTimeoutMillis: databaseTimeoutMs,
    statement_timeout: timeoutMs,
    idleTimeoutMillis: 10_000,
  });
  const [ask, askSoon] = [asker(pool, timeoutMs), asker(pool, databaseTimeoutMs)];
  return {
    /** The gate first: a position from before its end would prove nothing. */
    async position() {
      const gate = only(await askSoon<Pick<Position, 'replica' | 'writable'>>({ text: WRITABLE, values: [region] }));
      if (!gate.replica && !gate.writable) await askSoon({ text: COMMITS_ENDED });
      return { ...gate, ...only(await askSoon<Pick<Position, 'position'>>({ text: POSITION })) };
    },
    async tables(named) {
      const wanted = tables.filter((table) => named.length === 0 || named.includes(table));
      const sums = wanted.map(async (table) => sumUp(table, await ask<ChunkRow>({ text: SUMS })));
      return { tables: await Promise.all(sums) };
    },
    async rows(table, from) {
      const until = endOfChunk(from);
      if (!tables.includes(table) || until === undefined) return undefined;
      return { rows: await ask<KeyedRow & QueryResultRow>({ text: ROWS, values: [from, until] }) };
    },
  };
}

interface ChunkRow extends Sum, QueryResultRow {
  readonly chunk: number;
}

function sumUp(table: string, chunks: readonly ChunkRow[]): TableSums {
  return {
    table,
    rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
    checksum: String(chunks.reduce((sum, { checksum }) => sum ^ BigInt(checksum), 0n)),
    chunks: chunks.map(({ checksum, chunk, rows }) => ({ from: `${hex(chunk)}${firstTail}`, rows, checksum })),
  };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const firstTail = '000000-0000-0000-0000-000000000000';
const lastTail = 'ffffff-ffff-ffff-ffff-ffffffffffff';

/** The last key of the chunk that begins with this one; undefined when none does. */
function endOfChunk(from: string): string | undefined {
  const first = /^([0-9a-f]{2})000000-0000-0000-0000-000000000000$/.exec(from)?.[1];
  const byte = Number.parseInt(first ?? '', 16);
  return byte % 4 === 0 ? hex(byte + 3) + lastTail : undefined;
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('The database answered without a row.');
  return row;
}
