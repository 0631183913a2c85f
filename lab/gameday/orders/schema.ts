/**
 * `committed_at` is the instant of the insert inside the transaction, a moment before the commit: the database has no
 * clock for the commit itself. `epoch` is that of the lease under which the order was committed.
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

/** For the rate of the last second, which every probe asks for. */
const RECENT_ORDERS = 'CREATE INDEX IF NOT EXISTS orders_by_commit ON orders (committed_at)';

/**
 * One row: the newest grant. It is replicated like all data, and a grant names its Region, so a copy opens no gate.
 * `closed_in` is the Region whose database is read-only because its grant has ended (database-door.ts).
 */
const LEASE_SCHEMA = `
CREATE TABLE IF NOT EXISTS write_lease (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  region text NOT NULL,
  epoch bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  closed_in text NULL
)`;

/** SQLSTATE of a commit without a lease; a class of our own (SQL:2023 leaves those that begin with I to Z free). */
export const NO_LEASE = 'UL001';

/**
 * Held by a commit from before its look at the lease until it is on disk. Whoever gets the lock alone, after he has ended the
 * grant, knows that no commit is under way any more that has passed the gate. The number means nothing.
 */
export const COMMITS_LOCK = 7130118;

/**
 * The gate stands at the commit, in the database itself: every writer passes it, whatever it is, also a session that was
 * frozen in the middle of a transaction and wakes after its lease. A deferred constraint trigger runs as the last thing
 * before the commit, with a snapshot of its own. Between it and the commit record lie microseconds; whoever is frozen
 * right there is caught by the order service, which looks at its clock again before it acknowledges.
 */
const GATE = `
CREATE OR REPLACE FUNCTION demand_write_lease() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lease write_lease%ROWTYPE;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${COMMITS_LOCK});
  SELECT * INTO lease FROM write_lease;
  IF lease.only_row IS NULL OR clock_timestamp() >= lease.expires_at
     OR lease.region <> NEW.region OR lease.epoch IS DISTINCT FROM NEW.epoch THEN
    RAISE EXCEPTION 'no write lease: % (epoch %) until %', lease.region, lease.epoch, lease.expires_at
      USING ERRCODE = '${NO_LEASE}';
  END IF;
  RETURN NULL;
END $$`;

export const GATE_TRIGGER_NAME = 'orders_demand_write_lease';

const GATE_TRIGGER = `
CREATE CONSTRAINT TRIGGER ${GATE_TRIGGER_NAME} AFTER INSERT OR UPDATE ON orders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION demand_write_lease()`;

/**
 * Creates the tables on a writable database without them, and the gate where writing takes a lease. `query` runs one SQL
 * statement.
 */
export async function createSchema(
  query: (sql: string) => Promise<unknown>,
  { gated }: { readonly gated: boolean },
): Promise<void> {
  await query(ORDERS_SCHEMA);
  await query(RECENT_ORDERS);
  await query(LEASE_SCHEMA);
  if (!gated) return;
  await query(GATE);
  await query(GATE_TRIGGER);
}
