import { hash as digestOf } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JournalEntry } from '../domain/journal.ts';

/** What the first entry of every journal is chained to. */
export const genesisHash = '0'.repeat(64);

/** SHA-256 over the canonical JSON (RFC 8785) of an entry without its own hash. */
export function hashOf(entry: Omit<JournalEntry, 'hash'>): string {
  return digestOf('sha256', canonicalize(entry) ?? '', 'hex');
}

/** The first entry that breaks the chain, and how; undefined when the whole journal holds. */
export function firstBreak(
  entries: readonly JournalEntry[],
): { readonly sequence: number; readonly why: string } | undefined {
  let previousHash = genesisHash;
  for (const [index, entry] of entries.entries()) {
    const { hash, ...rest } = entry;
    const sequence = index + 1;
    if (entry.sequence !== sequence)
      return { sequence, why: `entry ${sequence} is missing: ${entry.sequence} follows` };
    if (entry.previousHash !== previousHash)
      return { sequence, why: `entry ${sequence} does not follow its predecessor` };
    if (hashOf(rest) !== hash) return { sequence, why: `entry ${sequence} was changed after it was written` };
    previousHash = hash;
  }
  return undefined;
}
