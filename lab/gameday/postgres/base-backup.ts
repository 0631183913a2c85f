import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { withClient } from './connection.ts';
import type { CopyOrder } from './copy-data-directory.ts';
import { giveTo, type Home } from './data-directory.ts';
import type { Database } from './database.ts';

/**
 * Copies a running primary's data directory by PostgreSQL's low-level backup API: one session brackets the copy, and the
 * label it hands back tells the copy from where to replay. Clients of the primary go on writing meanwhile.
 */
export async function copyUnderBackup(from: Database, to: Home): Promise<void> {
  const label = await withClient(from, async (client) => {
    await client.query(`SELECT pg_backup_start('lab', true)`);
    await copyInWorker({ from: from.dataDirectory, to: to.dataDirectory, user: to.binaries.user });
    const stopped = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    return stopped.rows[0]?.labelfile ?? '';
  });
  const file = join(to.dataDirectory, 'backup_label');
  writeFileSync(file, label, { mode: 0o600 });
  giveTo(file, to.binaries.user);
}

/** Synchronous calls copy twice as fast as asynchronous ones, and in a thread they do not stop the lab's own clock. */
async function copyInWorker(order: CopyOrder): Promise<void> {
  const worker = new Worker(new URL('./copy-data-directory.ts', import.meta.url), { workerData: order });
  await once(worker, 'exit'); // Rejects with what the thread threw.
}
