import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workplace } from '../processes/workplace.ts';
import { copyUnderBackup } from './base-backup.ts';
import { installBinaries } from './binaries.ts';
import { withClient } from './connection.ts';
import { clearAway, giveTo, type Home, makeHome } from './data-directory.ts';
import { type Database, databaseOf } from './database.ts';
import { type Server, startServer } from './server.ts';
import { START_TIMEOUT_MS, SUPERUSER } from './settings.ts';

export interface StandbySpec {
  readonly workplace: Workplace;
  readonly from: Database;
  /** Where the standby finds its primary: the far end of the wire between the Regions, a delay proxy. */
  readonly through: { readonly host: string; readonly port: number };
  readonly region: string;
  /** Also the name of its replication slot and its application_name on the primary. */
  readonly name: string;
  readonly port?: number;
  /** Gives the building up. */
  readonly signal?: AbortSignal;
}

const SLOT_TIMEOUT_MS = 2_000;

/**
 * A hot standby of a running primary, built while that one takes writes. The slot comes before the backup, so that no
 * log the standby will need is thrown away. Resolves when the standby answers queries; it may still be catching up.
 */
export async function createStandby(spec: StandbySpec): Promise<Database> {
  return databaseOf(await startStandby(spec), spec.from.password);
}

/** The same as a bare server. What it has begun when it fails, it ends and clears away, but for the slot. */
export async function startStandby(spec: StandbySpec): Promise<Server> {
  const { workplace, from, region, name, port } = spec;
  const slot = slotNameOf(name);
  await ensureSlot(from, slot);
  const home = makeHome({ workplace, region, name, binaries: installBinaries(workplace) });
  try {
    await unlessGivenUp(copyUnderBackup({ from, through: spec.through, to: home }), spec.signal);
    const settings = [`primary_conninfo = '${conninfoOf(spec)}'`, `primary_slot_name = '${slot}'`];
    writeFor(home, 'standby.signal', []);
    writeFor(home, SETTINGS_FILE, [...settings, 'fsync = off']);
    const server = await startServer(home, port);
    writeFor(home, SETTINGS_FILE, settings);
    await turnFsyncOn(server, from.password);
    return server;
  } catch (error) {
    await clearAway(home);
    throw error;
  }
}

/** Its session may wait for an answer over a wire that is cut: nobody waits with it. What still comes of it is not heard. */
async function unlessGivenUp(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([work, promise]);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', giveUp);
    work.catch(() => undefined);
  }
}

/** Written anew: what the primary has set for itself there (its synchronous standby, say) is not the standby's. */
const SETTINGS_FILE = 'postgresql.auto.conf';

/**
 * A server that starts from a backup first syncs every file of it, a thousand here: half a second of building and a
 * second of removing. The copy can be made again, so that one sync is left out; all later ones are made.
 */
async function turnFsyncOn({ home, port, process: postmaster }: Server, password: string): Promise<void> {
  postmaster.kill('SIGHUP');
  const deadline = performance.now() + START_TIMEOUT_MS;
  await withClient({ host: '127.0.0.1', port, password }, async (client) => {
    while ((await client.query<{ fsync: string }>('SHOW fsync')).rows[0]?.fsync !== 'on') {
      if (performance.now() > deadline) throw new Error(`${home.name} still runs without fsync.`);
      await sleep(2);
    }
  });
}

/** Slot names take lower-case letters, digits and underscores only. */
function slotNameOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');
}

/** A slot of this name belongs to an earlier standby of the same name, which this one replaces. */
async function ensureSlot(from: Database, slot: string): Promise<void> {
  await dropSlot(from, slot);
  await from.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
}

/** The log that a standby of this name still wants is kept for it no more. */
export const dropSlotOf = (standbyName: string, from: Database): Promise<void> =>
  dropSlot(from, slotNameOf(standbyName));

/** Whoever holds it is a sender that has not noticed that its standby is gone. */
async function dropSlot(from: Database, slot: string): Promise<void> {
  const deadline = performance.now() + SLOT_TIMEOUT_MS;
  for (;;) {
    const [found] = await from.query<{ sender: number | null }>(
      `SELECT active_pid AS sender, CASE WHEN active_pid IS NULL THEN pg_drop_replication_slot(slot_name)::text
          ELSE pg_terminate_backend(active_pid)::text END AS done
        FROM pg_replication_slots WHERE slot_name = $1`,
      [slot],
    );
    if (found === undefined || found.sender === null) return;
    if (performance.now() > deadline) throw new Error(`The slot ${slot} on ${from.name} is still in use.`);
    await sleep(5);
  }
}

function conninfoOf({ from, through, name }: StandbySpec): string {
  return `host=${through.host} port=${through.port} user=${SUPERUSER} password=${from.password} application_name=${name}`;
}

function writeFor(home: Home, name: string, lines: readonly string[]): void {
  const path = join(home.dataDirectory, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  giveTo(path, home.binaries.user);
}
