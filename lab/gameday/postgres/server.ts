import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../network/free-port.ts';
import type { LabProcess } from '../processes/lab-process.ts';
import { type Home, readLog, spawnAsPostgres } from './data-directory.ts';
import { START_TIMEOUT_MS } from './settings.ts';

/** A postmaster that accepts connections. */
export interface Server {
  readonly home: Home;
  readonly port: number;
  readonly process: LabProcess;
}

const PORT_ATTEMPTS = 5;

/**
 * Starts the postmaster of a prepared data directory. Without a port it takes a free one, and another when somebody was
 * faster.
 * @throws Error with the server's log when it does not come up.
 */
export async function startServer(home: Home, wanted?: number): Promise<Server> {
  const attempts = wanted === undefined ? PORT_ATTEMPTS : 1;
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await findFreePort());
    const postmaster = spawnAsPostgres(home, {
      name: home.name,
      command: home.binaries.postgres,
      args: ['-D', home.dataDirectory, '-p', String(port), '-c', `cluster_name=${home.region}/${home.name}`],
    });
    if (await comesUp(home, postmaster)) return { home, port, process: postmaster };
    const log = readLog(home);
    if (attempt === attempts || !log.includes('Address already in use'))
      throw new Error(`${home.name} did not start:\n${log}`);
  }
}

/** True once it accepts connections; false when it ended instead. */
async function comesUp(home: Home, postmaster: LabProcess): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!postmaster.hasExited()) {
    const status = readPidFile(home);
    if (status.pid === postmaster.pid && status.ready) {
      if (status.sharedMemoryId !== undefined) {
        home.workplace.noteSharedMemory({ id: status.sharedMemoryId, creatorPid: postmaster.pid });
      }
      return true;
    }
    if (performance.now() > deadline)
      throw new Error(`${home.name} is not ready after ${START_TIMEOUT_MS} ms:\n${readLog(home)}`);
    await sleep(2);
  }
  return false;
}

/**
 * postmaster.pid: line 1 the pid, line 7 the shared memory key and id, line 8 the status (PostgreSQL's pidfile.h). Both
 * "ready" and, on a standby, "standby" mean that connections are accepted.
 */
function readPidFile(home: Home): { pid?: number; ready: boolean; sharedMemoryId?: number } {
  const lines = readLines(join(home.dataDirectory, 'postmaster.pid'));
  const [pid, , , , , , memory, status] = lines.map((line) => line.trim());
  const sharedMemoryId = Number(memory?.split(/\s+/)[1]);
  return {
    pid: Number(pid),
    ready: status === 'ready' || status === 'standby',
    ...(Number.isInteger(sharedMemoryId) ? { sharedMemoryId } : {}),
  };
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // Not written yet, or removed again by a server that gave up.
  }
}
