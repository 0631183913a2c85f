import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { findProcess, isRunning, readProcessTable } from './process-table.ts';
import { releaseSharedMemory } from './shared-memory.ts';
import { killTrees, untilEnded } from './signal-trees.ts';

const DIRECTORY = /^understudy-lab-(\d+)-[0-9a-f]+$/;

/**
 * Clears away what labs have left that were killed before they could close: their processes, their shared memory, their
 * directories. A lab that lives, here or in another container on the same /tmp, is left alone, and so is every process
 * that only happens to have inherited a pid.
 * @returns the directories removed.
 */
export async function sweepAbandoned(): Promise<readonly string[]> {
  const root = tmpdir();
  const candidates = readdirSync(root).filter((name) => DIRECTORY.test(name));
  const abandoned = candidates.map((name) => join(root, name)).filter((path) => isOurs(path) && isAbandoned(path));
  await Promise.all(abandoned.map(clearAway));
  return abandoned;
}

/** A ledger is an order to kill: one that another user has put into /tmp is not followed. */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function isAbandoned(directory: string): boolean {
  const owner = readLedger(directory).find((entry) => entry.entry === 'owner');
  if (owner === undefined) return !ownerByNameIsAlive(directory);
  if (process.platform === 'linux' && owner.pidNamespace !== readlinkSync('/proc/self/ns/pid')) return false;
  return !isRunning(owner, findProcess(owner.pid));
}

/** Without a ledger the lab is just opening, or was killed while it did. */
function ownerByNameIsAlive(directory: string): boolean {
  const pid = Number(/-(\d+)-/.exec(directory.slice(directory.lastIndexOf('understudy-lab-')))?.[1]);
  return findProcess(pid)?.alive === true;
}

async function clearAway(directory: string): Promise<void> {
  const ledger = readLedger(directory);
  await untilEnded(killTrees(stillRunning(ledger)));
  releaseSharedMemory(ledger);
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Another user's, or another lab is sweeping too: whoever may remove it does.
  }
}

function stillRunning(ledger: readonly LedgerEntry[]): readonly number[] {
  const table = readProcessTable();
  const children = ledger.filter((entry) => entry.entry === 'child');
  return children.filter((child) => isRunning(child, table.get(child.pid))).map((child) => child.pid);
}
