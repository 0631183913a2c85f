import { describe, expect, it } from 'vitest';
import { intendedActions } from '../../../shared/domain/intended.ts';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { entriesOf } from '../../support/sample-run.ts';

const intent = (type: string, more: Partial<JournalNote> = {}): Partial<JournalNote> => ({
  step: 'promote',
  event: 'intended',
  resource: 'db',
  data: { action: { type }, undo: { irreversible: 'no' } },
  ...more,
});
const wanted = { resource: 'db', step: 'promote' } as const;

describe('what a step may have done to a resource', () => {
  it.each<[string, readonly Partial<JournalNote>[], readonly string[]]>([
    ['is nothing at first', [], []],
    ['is what it has intended, once each', [intent('promote'), intent('promote')], ['promote']],
    ['is not what was rejected', [intent('promote'), { ...intent('promote'), event: 'rejected' }], []],
    ['is not what a dry run would do', [intent('promote'), { ...intent('promote'), event: 'would-act' }], []],
    ['is not what was undone', [intent('stop'), { step: 'restore', event: 'undone', resource: 'db', data: 1 }], []],
    ['is not what another step did', [intent('promote', { step: 'reverse' })], []],
    ['is not what was done to another', [intent('promote', { resource: 'other' })], []],
  ])('%s', (_title, notes, types) => {
    expect(intendedActions([entriesOf(...notes)], wanted)).toEqual(types);
  });

  it('is also what a run did that was taken over', () => {
    expect(intendedActions([entriesOf(), entriesOf(intent('promote'))], wanted)).toEqual(['promote']);
  });
});
