import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { withClient } from './connection.ts';
import type { CopyOrder } from './copy-data-directory.ts';
import { giveTo, type Home } from './data-directory.ts';
import type { Database } from './database.ts';

export interface Backup {
  readonly from: Database;
  /** Where the session that brackets the copy finds the database, when it is behind a wire; default: where it listens. */
  readonly through?: { readonly host: string; readonly port: number };
  readonly to: Home;
}

/**
 * Copies a running primary's data directory by PostgreSQL's low-level backup API: one session brackets the copy, and the
 * label it hands back tells the copy from where to replay. Clients of the primary go on writing meanwhile.
 */
export async function copyUnderBackup({ from, through = from, to }: Backup): Promise<void> {
  const { host, port } = through;
  const label = await withClient({ host, port, password: from.password }, async (client) => {
    await client.query(`SELECT pg_backup_start('lab', true)`);
    await copyFiles(from, to);
    return labelOf(await client.query<Label>('SELECT labelfile FROM pg_backup_stop(false)'));
  });
  writeLabel(to, label);
}

/**
 * The same with all the log that it takes to start the copy alone, years later: a slot keeps the log there until it has
 * been copied too.
 */
export async function copyWhole(from: Database, to: Home): Promise<void> {
  const label = await withClient(from, async (client) => {
    await client.query(`SELECT pg_create_physical_replication_slot('kept_copy', true, true)`);
    const started = await client.query<{ first: string }>(
      `SELECT pg_walfile_name(pg_backup_start('lab', true)) AS first`,
    );
    await copyFiles(from, to);
    const stopped = await client.query<Label>('SELECT labelfile FROM pg_backup_stop(false)');
    copyLog(from, to, started.rows[0]?.first ?? '');
    return labelOf(stopped);
  });
  writeLabel(to, label);
}

interface Label {
  readonly labelfile: string;
}

const labelOf = ({ rows }: { readonly rows: readonly Label[] }): string => rows[0]?.labelfile ?? '';

function writeLabel({ binaries, dataDirectory }: Home, label: string): void {
  const file = join(dataDirectory, 'backup_label');
  writeFileSync(file, label, { mode: 0o600 });
  giveTo(file, binaries.user);
}

/** Some segments of a megabyte each, whose names sort in the order of the log, and how the log has branched. */
function copyLog(from: Database, to: Home, first: string): void {
  const isWanted = (name: string): boolean =>
    /^[0-9A-F]{8}\.history$/.test(name) || (/^[0-9A-F]{24}$/.test(name) && name >= first);
  for (const name of readdirSync(join(from.dataDirectory, 'pg_wal')).filter(isWanted)) {
    const copy = join(to.dataDirectory, 'pg_wal', name);
    writeFileSync(copy, readFileSync(join(from.dataDirectory, 'pg_wal', name)), { mode: 0o600 });
    giveTo(copy, to.binaries.user);
  }
}

/** Synchronous calls copy twice as fast as asynchronous ones, and in a thread they do not stop the lab's own clock. */
async function copyFiles(from: Database, { binaries, dataDirectory }: Home): Promise<void> {
  const order: CopyOrder = { from: from.dataDirectory, to: dataDirectory, user: binaries.user };
  const worker = new Worker(new URL('./copy-data-directory.ts', import.meta.url), { workerData: order });
  await once(worker, 'exit'); // Rejects with what the thread threw.
}
