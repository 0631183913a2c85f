import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { findProcess, type ProcessMark } from './process-table.ts';

const Mark = { pid: z.int().positive(), startedAt: z.string() };

/** One line of a workplace's ledger. What is not in the ledger, a later lab cannot clear away. */
const Entry = z.discriminatedUnion('entry', [
  z.strictObject({ entry: z.literal('owner'), ...Mark, pidNamespace: z.string() }),
  z.strictObject({ entry: z.literal('child'), ...Mark, name: z.string(), region: z.string() }),
  z.strictObject({ entry: z.literal('shared-memory'), id: z.int().nonnegative(), creatorPid: z.int().positive() }),
]);
export type LedgerEntry = z.infer<typeof Entry>;

const FILE = 'ledger.jsonl';

/** Synchronous on purpose: the line is in the file before the caller's next statement can fail. */
export function appendToLedger(directory: string, entry: LedgerEntry): void {
  appendFileSync(join(directory, FILE), `${JSON.stringify(entry)}\n`);
}

/** The readable lines of a ledger, oldest first. A lab killed while writing leaves half a line: it is passed over. */
export function readLedger(directory: string): readonly LedgerEntry[] {
  try {
    return readFileSync(join(directory, FILE), 'utf8').split('\n').flatMap(parseLine);
  } catch {
    return [];
  }
}

/** How a ledger names a process; a process that has ended already gets a mark that fits none. */
export function markOf(pid: number): ProcessMark {
  return { pid, startedAt: findProcess(pid)?.startedAt ?? 'ended' };
}

function parseLine(line: string): readonly LedgerEntry[] {
  try {
    const entry = Entry.safeParse(JSON.parse(line));
    return entry.success ? [entry.data] : [];
  } catch {
    return [];
  }
}
