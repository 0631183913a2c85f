import type { Query } from './database.ts';
import { PROMOTION_TIMEOUT_MS } from './settings.ts';

/**
 * Promotes a standby and resolves when it accepts writes. PostgreSQL's own waiting (`pg_promote(true)`) looks every
 * 100 ms only; asking in a tight loop sees the end of recovery within a millisecond.
 * @throws Error when it is still a standby after PROMOTION_TIMEOUT_MS.
 */
export async function promote(query: Query): Promise<void> {
  const deadline = performance.now() + PROMOTION_TIMEOUT_MS;
  let standby = await isStandby(query);
  if (standby) await query('SELECT pg_promote(false)');
  while (standby) {
    if (performance.now() > deadline)
      throw new Error(`Still a standby ${PROMOTION_TIMEOUT_MS} ms after its promotion.`);
    standby = await isStandby(query);
  }
}

async function isStandby(query: Query): Promise<boolean> {
  const [row] = await query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  return row?.standby === true;
}
