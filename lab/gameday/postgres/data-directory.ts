import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabProcess } from '../processes/lab-process.ts';
import type { Workplace } from '../processes/workplace.ts';
import type { Binaries } from './binaries.ts';
import type { OperatingUser } from './operating-user.ts';
import { SETTINGS, SUPERUSER, WAL_SEGMENT_MB } from './settings.ts';

/** Where a database lives in the workplace. */
export interface Home {
  readonly workplace: Workplace;
  readonly region: string;
  readonly name: string;
  readonly binaries: Binaries;
  readonly dataDirectory: string;
  readonly logFile: string;
}

/** A new, empty data directory that PostgreSQL's user owns. Never an old one: a rebuilt database starts clean. */
export function makeHome(place: Pick<Home, 'workplace' | 'region' | 'name' | 'binaries'>): Home {
  const parent = place.workplace.dir(place.region);
  giveTo(parent, place.binaries.user);
  const dataDirectory = mkdtempSync(join(parent, `${place.name}-`));
  giveTo(dataDirectory, place.binaries.user);
  return { ...place, dataDirectory, logFile: `${dataDirectory}.log` };
}

/**
 * Runs initdb: a fresh cluster that only this lab's password opens, since a superuser without one on a loopback port
 * would hand every user of the machine the lab's own rights. Returns the password. Takes most of a second.
 */
export async function initialize(home: Home): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const passwordFile = `${home.dataDirectory}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(passwordFile, home.binaries.user);
  try {
    await runInitdb(home, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  return password;
}

async function runInitdb(home: Home, passwordFile: string): Promise<void> {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  // --no-sync concerns these first files only; the server itself runs with fsync on.
  const initdb = spawnAsPostgres(home, {
    name: `${home.name}-initdb`,
    command: home.binaries.initdb,
    args: [
      ...['--pgdata', home.dataDirectory, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...[
        '--encoding',
        'UTF8',
        '--no-locale',
        '--no-instructions',
        '--no-sync',
        '--wal-segsize',
        String(WAL_SEGMENT_MB),
      ],
      ...settings,
    ],
  });
  const { code } = await initdb.exited;
  if (code !== 0) throw new Error(`initdb for ${home.name} failed:\n${readLog(home)}`);
}

/** Starts one of PostgreSQL's programs as its user, with its output in the home's log. */
export function spawnAsPostgres(
  home: Home,
  what: { readonly name: string; readonly command: string; readonly args: readonly string[] },
): LabProcess {
  const log = openSync(home.logFile, 'a', 0o600);
  try {
    return home.workplace.spawn({
      ...what,
      region: home.region,
      cwd: home.dataDirectory,
      stdio: ['ignore', log, log],
      stopSignal: 'SIGQUIT',
      // Without LC_ALL a macOS postmaster finds itself multithreaded and stops.
      env: { LC_ALL: 'C' },
      ...(home.binaries.user === undefined ? {} : { uid: home.binaries.user.uid, gid: home.binaries.user.gid }),
    });
  } finally {
    closeSync(log);
  }
}

/** Ends whatever still runs on these data, and removes them. */
export async function clearAway({ dataDirectory, logFile, workplace }: Home): Promise<void> {
  const running = workplace.processes().filter(({ cwd }) => cwd === dataDirectory);
  for (const one of running) one.kill('SIGQUIT');
  await Promise.all(running.map(({ exited }) => exited));
  rmSync(dataDirectory, { recursive: true, force: true });
  rmSync(logFile, { force: true });
}

export function readLog(home: Home): string {
  return readFileSync(home.logFile, 'utf8');
}

export function giveTo(path: string, user: OperatingUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}
