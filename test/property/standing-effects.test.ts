import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalNote } from '../../shared/domain/journal.ts';
import { standingEffects } from '../../shared/domain/undo.ts';
import { entriesOf } from '../support/sample-run.ts';

/** Any order of lines, also ones that settle would never write; `undone` names any earlier line. */
const notes = fc.array(
  fc.record({
    event: fc.constantFrom('intended' as const, 'acted' as const, 'rejected' as const, 'undone' as const),
    resource: fc.constantFrom('a', 'b', 'c'),
    step: fc.constantFrom('isolate' as const, 'scale' as const, 'restore' as const),
    target: fc.nat({ max: 30 }),
  }),
  { maxLength: 30 },
);
const intent = { action: { type: 'set' }, undo: { type: 'set' } };
const toNote = ({ event, resource, step, target }: { event: JournalNote['event'] } & Record<string, unknown>) =>
  ({ event, resource, step, data: event === 'undone' ? target : intent }) as Partial<JournalNote>;

describe('standing effects, whatever the journal says', () => {
  it('never list an effect after it was undone, list only intents, each once, newest first', () => {
    fc.assert(
      fc.property(notes, (lines) => {
        const entries = entriesOf(...lines.map(toNote));
        const sequences = standingEffects(entries).map(({ entry }) => entry.sequence);
        const undoneLater = entries
          .filter(({ data, event, sequence }) => event === 'undone' && Number(data) < sequence)
          .map(({ data }) => Number(data));
        expect(sequences.filter((sequence) => undoneLater.includes(sequence))).toEqual([]);
        expect(sequences.every((sequence) => entries[sequence - 1]?.event === 'intended')).toBe(true);
        expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => b - a));
      }),
    );
  });

  it('are all intents when nothing was rejected or undone', () => {
    fc.assert(
      fc.property(notes, (lines) => {
        const entries = entriesOf(...lines.filter(({ event }) => ['intended', 'acted'].includes(event)).map(toNote));
        expect(standingEffects(entries).length).toBe(entries.filter(({ event }) => event === 'intended').length);
      }),
    );
  });

  it('shrink by exactly one with each undo of what stands, so that undoing all of them ends', () => {
    fc.assert(
      fc.property(notes, (lines) => {
        let sofar = lines.map(toNote);
        for (let left = standingEffects(entriesOf(...sofar)); left.length > 0; ) {
          const [newest] = left;
          sofar = [...sofar, { event: 'undone', resource: newest?.resource ?? '', data: newest?.entry.sequence }];
          const after = standingEffects(entriesOf(...sofar));
          expect(after.map(({ entry }) => entry.sequence)).toEqual(left.slice(1).map(({ entry }) => entry.sequence));
          left = after;
        }
      }),
    );
  });
});
