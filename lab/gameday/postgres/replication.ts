import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';

interface Pair {
  readonly primary: Database;
  readonly standbyName: string;
  readonly timeoutMs: number;
}

/** What the primary says of one of its standbys, until it fits. */
interface Expectation extends Pair {
  readonly what: string;
  readonly fits: (stream: { readonly state: string; readonly sync_state: string }) => boolean;
}

/**
 * Resolves when the standby has caught up and receives the log as it is written.
 * @throws Error when it does not within `timeoutMs`.
 */
export async function waitUntilStreaming(pair: Pair): Promise<void> {
  await waitFor({ ...pair, what: 'streaming', fits: (stream) => stream.state === 'streaming' });
}

/**
 * Makes every commit on the primary wait until this standby has it on disk. Waits for the stream first: asked for while
 * the standby is away, the setting would stop all writes.
 * @throws Error when the standby does not stream, or is not taken as synchronous, within `timeoutMs`.
 */
export async function makeSynchronous(pair: Pair): Promise<void> {
  await waitUntilStreaming(pair);
  await setSynchronousStandby(pair.primary, pair.standbyName);
  await waitFor({ ...pair, what: 'synchronous', fits: (stream) => stream.sync_state === 'sync' });
  // Each session reads the new setting by itself; the one that answered was not the last to do so.
  await sleep(reloadMs);
}

const reloadMs = 100;

async function setSynchronousStandby(primary: Database, standbyName: string): Promise<void> {
  const quoted = `"${standbyName.replaceAll('"', '""')}"`;
  // ALTER SYSTEM takes no parameters; format() with %L quotes the literal where PostgreSQL's own rules are known.
  const [row] = await primary.query<{ statement: string }>(
    `SELECT format('ALTER SYSTEM SET synchronous_standby_names = %L', $1::text) AS statement`,
    [quoted],
  );
  await primary.query(row?.statement ?? '');
  await primary.query('SELECT pg_reload_conf()');
}

async function waitFor({ primary, standbyName, timeoutMs, what, fits }: Expectation): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const [stream] = await primary.query<{ state: string; sync_state: string }>(
      'SELECT state, sync_state FROM pg_stat_replication WHERE application_name = $1',
      [standbyName],
    );
    if (stream !== undefined && fits(stream)) return;
    if (performance.now() > deadline)
      throw new Error(`${standbyName} is not ${what} on ${primary.name} after ${timeoutMs} ms.`);
    await sleep(5);
  }
}
