/**
 * `committed_at` is the instant of the insert inside the transaction, a moment before the commit: the database has no
 * clock for the commit itself. `epoch` is the epoch the writing service was started under, if the lab gave it one.
 */
const ORDERS_SCHEMA = `
CREATE TABLE IF NOT EXISTS orders (
  id uuid PRIMARY KEY,
  item text NOT NULL,
  amount_cents int NOT NULL,
  region text NOT NULL,
  epoch bigint NULL,
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp()
)`;

/** Creates the table if it is missing. `query` runs one SQL statement on a writable database. */
export async function createSchema(query: (sql: string) => Promise<unknown>): Promise<void> {
  await query(ORDERS_SCHEMA);
}
