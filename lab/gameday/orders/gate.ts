import { asker } from './ask.ts';
import { openDatabaseDoor } from './database-door.ts';
import type { Grant } from './grant.ts';
import { COMMITS_LOCK } from './schema.ts';
import { openSessions } from './sessions.ts';
import type { ServiceSettings } from './settings.ts';

// A grant that is not newer than the one that is there changes nothing; one that comes late cannot shorten a later one.
const GRANT = {
  name: 'grant',
  text: `INSERT INTO write_lease (region, epoch, expires_at) VALUES ($1, $2, to_timestamp($3::float8 / 1000))
    ON CONFLICT (only_row) DO UPDATE SET region = EXCLUDED.region, epoch = EXCLUDED.epoch,
      expires_at = CASE WHEN write_lease.epoch = EXCLUDED.epoch
        THEN greatest(write_lease.expires_at, EXCLUDED.expires_at) ELSE EXCLUDED.expires_at END
    WHERE write_lease.epoch <= EXCLUDED.epoch RETURNING closed_in IS NOT DISTINCT FROM $1 AS closed`,
};
const END_GRANT = {
  name: 'end-grant',
  text: `UPDATE write_lease SET expires_at = least(expires_at, clock_timestamp()) WHERE epoch <= $1`,
};

/** Resolves when the last commit that has passed the gate is on disk. */
const COMMITS_ENDED = { name: 'commits-ended', text: `SELECT pg_advisory_xact_lock(${COMMITS_LOCK})` };

/** The application's side of the write lease. Rejects with `DatabaseTrouble`, at the latest after `databaseTimeoutMs`. */
export interface WriteGate {
  /**
   * False when a grant with a higher epoch is there. A grant that is over already shuts the gate: no commit passes any more,
   * and none is under way, until there is a newer one.
   */
  grant(grant: Grant): Promise<boolean>;
  /** Ends the grant of this epoch, or of a lower one, now. From then on no commit passes, and none is under way. */
  endGrant(epoch: number): Promise<void>;
  /** Opens the gate's own connection, so that the first grant does not wait for one, and sees to what others have left. */
  start(): Promise<void>;
}

/**
 * Sessions of its own: a read-only database must let grants in, and a standby that is cut off must not hold them up, since
 * the row is worth nothing in another Region.
 */
const options = '-c default_transaction_read_only=off -c synchronous_commit=local';

export function openWriteGate({ databaseTimeoutMs, databaseUrl, region }: ServiceSettings): WriteGate {
  const pool = openSessions({
    connectionString: databaseUrl,
    application_name: `order-gate-${process.pid}`,
    options,
    max: 2,
    connectionTimeoutMillis: databaseTimeoutMs,
    statement_timeout: databaseTimeoutMs,
    query_timeout: databaseTimeoutMs,
  });
  const ask = asker(pool, databaseTimeoutMs);
  const door = openDatabaseDoor({ pool, databaseUrl, region });
  return {
    async grant({ epoch, expiresAt }) {
      const [taken] = await ask<{ closed: boolean }>({ ...GRANT, values: [region, epoch, expiresAt] });
      if (taken === undefined) return false;
      // Nobody waits for the door: a grant is one statement, as it is where the database was never closed.
      if (taken.closed) door.lookSoon();
      else door.lookAt(expiresAt);
      if (expiresAt <= Date.now()) await ask(COMMITS_ENDED);
      return true;
    },
    async endGrant(epoch) {
      await ask({ ...END_GRANT, values: [epoch] });
      door.lookSoon();
      await ask(COMMITS_ENDED);
    },
    async start() {
      await ask({ text: 'SELECT' });
      door.lookSoon();
    },
  };
}
