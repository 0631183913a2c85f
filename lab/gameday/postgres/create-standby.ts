import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workplace } from '../processes/workplace.ts';
import { copyUnderBackup } from './base-backup.ts';
import { installBinaries } from './binaries.ts';
import { giveTo, type Home, makeHome } from './data-directory.ts';
import { type Database, databaseOf } from './database.ts';
import { startServer } from './server.ts';
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
}

/**
 * A hot standby of a running primary, built while that one takes writes. The slot comes before the backup, so that no
 * log the standby will need is thrown away. Resolves when the standby answers queries; it may still be catching up.
 */
export async function createStandby(spec: StandbySpec): Promise<Database> {
  const { workplace, from, region, name, port } = spec;
  const slot = slotNameOf(name);
  await ensureSlot(from, slot);
  const home = makeHome({ workplace, region, name, binaries: installBinaries(workplace) });
  await copyUnderBackup(from, home);
  const settings = [`primary_conninfo = '${conninfoOf(spec)}'`, `primary_slot_name = '${slot}'`];
  writeFor(home, 'standby.signal', []);
  writeFor(home, SETTINGS_FILE, [...settings, 'fsync = off']);
  const server = await startServer(home, port);
  writeFor(home, SETTINGS_FILE, settings);
  const standby = databaseOf(server, from.password);
  await turnFsyncOn(standby);
  return standby;
}

/** Written anew: what the primary has set for itself there (its synchronous standby, say) is not the standby's. */
const SETTINGS_FILE = 'postgresql.auto.conf';

/**
 * A server that starts from a backup first syncs every file of it, a thousand here: half a second of building and a
 * second of removing. The copy can be made again, so that one sync is left out; all later ones are made.
 */
async function turnFsyncOn(standby: Database): Promise<void> {
  standby.process.kill('SIGHUP');
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const [row] = await standby.query<{ fsync: string }>('SHOW fsync');
    if (row?.fsync === 'on') return;
    if (performance.now() > deadline) throw new Error(`${standby.name} still runs without fsync.`);
    await sleep(2);
  }
}

/** Slot names take lower-case letters, digits and underscores only. */
function slotNameOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');
}

/** A slot of this name belongs to an earlier standby of the same name, which this one replaces. */
async function ensureSlot(from: Database, slot: string): Promise<void> {
  await from.query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [slot]);
  await from.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
}

function conninfoOf({ from, through, name }: StandbySpec): string {
  return `host=${through.host} port=${through.port} user=${SUPERUSER} password=${from.password} application_name=${name}`;
}

function writeFor(home: Home, name: string, lines: readonly string[]): void {
  const path = join(home.dataDirectory, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  giveTo(path, home.binaries.user);
}
