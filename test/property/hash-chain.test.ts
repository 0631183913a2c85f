import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBreak, genesisHash, hashOf } from '../../shared/coordination/hash-chain.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import { entriesOf } from '../support/sample-run.ts';

/** Any journal: a chain over arbitrary sentences and data. */
const journal = fc
  .array(fc.record({ why: fc.string(), data: fc.jsonValue(), resource: fc.constantFrom('a', 'b') }), {
    minLength: 2,
    maxLength: 12,
  })
  .map((lines) => chained(entriesOf(...lines)));

function chained(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  let previousHash = genesisHash;
  return entries.map(({ hash: _none, ...entry }) => {
    const rest = { ...entry, previousHash };
    previousHash = hashOf(rest);
    return { ...rest, hash: previousHash };
  });
}
const withIndex = journal.chain((entries) => fc.tuple(fc.constant(entries), fc.nat({ max: entries.length - 2 })));
const changes: readonly [string, (entry: JournalEntry) => JournalEntry][] = [
  ['its reason', (entry) => ({ ...entry, why: `${entry.why}.` })],
  ['its data', (entry) => ({ ...entry, data: { was: entry.data } })],
  ['its time', (entry) => ({ ...entry, at: entry.at + 1 })],
  ['its epoch', (entry) => ({ ...entry, epoch: entry.epoch + 1 })],
  ['its event', (entry) => ({ ...entry, event: 'settled' })],
  ['its hash', (entry) => ({ ...entry, hash: genesisHash })],
  ['what it follows', (entry) => ({ ...entry, previousHash: 'f'.repeat(64) })],
  ['a field that was not there', (entry) => ({ ...entry, refusal: 'capacity-unknown' })],
];

describe('the chain of a journal', () => {
  it('holds as long as nobody touches it', () => {
    fc.assert(
      fc.property(journal, (entries) => {
        expect(firstBreak(entries)).toBeUndefined();
      }),
    );
  });

  it.each(changes)('breaks at the very entry of which somebody changes %s', (_what, change) => {
    fc.assert(
      fc.property(withIndex, ([entries, index]) => {
        const touched = entries.map((entry, at) => (at === index ? change(entry) : entry));
        expect(firstBreak(touched)?.sequence).toBe(index + 1);
      }),
    );
  });

  it('breaks behind the entry that somebody changes and hashes anew', () => {
    fc.assert(
      fc.property(withIndex, ([entries, index]) => {
        const touched = entries.map((entry, at) => {
          const { hash: _old, ...rest } = entry;
          return at === index
            ? { ...rest, why: `${rest.why}.`, hash: hashOf({ ...rest, why: `${rest.why}.` }) }
            : entry;
        });
        expect(firstBreak(touched)?.sequence).toBe(index + 2);
      }),
    );
  });

  it('breaks where an entry is missing, unless it was the last', () => {
    fc.assert(
      fc.property(withIndex, ([entries, index]) => {
        expect(firstBreak(entries.toSpliced(index, 1))?.sequence).toBe(index + 1);
      }),
    );
  });

  it('breaks at the first of two entries that were swapped', () => {
    fc.assert(
      fc.property(withIndex, ([entries, index]) => {
        const [one, two] = entries.slice(index, index + 2);
        const swapped = entries.toSpliced(index, 2, ...[two, one].flatMap((entry) => entry ?? []));
        expect(firstBreak(swapped)?.sequence).toBe(index + 1);
      }),
    );
  });

  it('breaks behind an entry that was put in twice', () => {
    fc.assert(
      fc.property(withIndex, ([entries, index]) => {
        const doubled = entries.toSpliced(index, 0, ...entries.slice(index, index + 1));
        expect(firstBreak(doubled)?.sequence).toBe(index + 2);
      }),
    );
  });

  it('does not depend on the order in which fields are written', () => {
    const [entry] = entriesOf({ why: 'test', data: { a: 1, b: 2 } });
    const { hash: _none, ...rest } = entry ?? entriesOf({})[0] ?? ({} as JournalEntry);
    const reversed = Object.fromEntries(Object.entries({ ...rest, data: { b: 2, a: 1 } }).reverse()) as typeof rest;
    expect(hashOf(reversed)).toBe(hashOf(rest));
  });
});
