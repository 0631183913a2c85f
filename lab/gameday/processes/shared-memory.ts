import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { LedgerEntry } from './ledger.ts';

type Segment = Extract<LedgerEntry, { entry: 'shared-memory' }>;

/**
 * Removes the System V segments that killed processes left in the kernel. PostgreSQL keeps one of 56 bytes against two
 * postmasters on one data directory, and SIGKILL leaves it behind; macOS has room for 32 of them in all.
 */
export function releaseSharedMemory(ledger: readonly LedgerEntry[]): void {
  for (const entry of ledger) {
    if (entry.entry === 'shared-memory' && isAbandoned(entry)) remove(entry.id);
  }
}

/** Where the kernel lists segments (shmid, creator, attached: columns 2, 5 and 7), removes only what is certainly ours. */
function isAbandoned(segment: Segment): boolean {
  if (process.platform !== 'linux') return true;
  const rows = readFileSync('/proc/sysvipc/shm', 'utf8').split('\n');
  return rows.some((row) => {
    const [, id, , , creatorPid, , attached] = row.trim().split(/\s+/).map(Number);
    return id === segment.id && creatorPid === segment.creatorPid && attached === 0;
  });
}

function remove(id: number): void {
  try {
    execFileSync('ipcrm', ['-m', String(id)], { stdio: 'ignore' });
  } catch {
    // Without ipcrm, or without the right to remove it, 56 bytes stay until the machine restarts.
  }
}
