import { describe, expect, it } from 'vitest';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { effectsOfRuns, passedPointOfNoReturn, standingEffects } from '../../../shared/domain/undo.ts';
import { entriesOf } from '../../support/sample-run.ts';

const reversible = { action: { type: 'set' }, undo: { type: 'set' } };
const final = { action: { type: 'promote' }, undo: { irreversible: 'it stays' } };
const line = (event: JournalNote['event'], resource: string, more: Partial<JournalNote> = {}) => ({
  event,
  resource,
  ...(event === 'intended' ? { data: reversible } : {}),
  ...more,
});
const sequencesOf = (...notes: readonly Partial<JournalNote>[]) =>
  standingEffects(entriesOf(...notes)).map(({ entry }) => entry.sequence);

describe('the effects that may stand', () => {
  it.each<[string, readonly Partial<JournalNote>[], readonly number[]]>([
    ['nothing was intended', [line('waiting', 'a'), line('settled', 'a')], []],
    ['an intent without an answer may stand', [line('intended', 'a')], [1]],
    ['an act stands', [line('intended', 'a'), line('acted', 'a')], [1]],
    ['the newest comes first', [line('intended', 'a'), line('intended', 'b'), line('intended', 'c')], [3, 2, 1]],
    ['a rejected one does not stand', [line('intended', 'a'), line('rejected', 'a')], []],
    [
      'a rejection takes back its own intent, not an earlier one',
      [line('intended', 'a'), line('acted', 'a'), line('intended', 'a'), line('rejected', 'a')],
      [1],
    ],
    [
      'a rejection of one resource leaves the others',
      [line('intended', 'a'), line('intended', 'b'), line('rejected', 'a')],
      [2],
    ],
    ['a rejection of what was not intended leaves the others', [line('intended', 'a'), line('rejected', 'b')], [1]],
    ['only what was undone is', [line('intended', 'a'), line('acted', 'a', { data: 1 })], [1]],
    [
      'a rejection in one step leaves what another step did to the same resource',
      [line('intended', 'a'), line('intended', 'a', { step: 'isolate' }), line('rejected', 'a')],
      [2],
    ],
    [
      'one that was undone does not stand',
      [line('intended', 'a'), line('intended', 'b'), line('undone', 'a', { step: 'restore', data: 1 })],
      [2],
    ],
    [
      'undoing one leaves an earlier one of the same resource',
      [line('intended', 'a'), line('intended', 'a'), line('undone', 'a', { step: 'restore', data: 2 })],
      [1],
    ],
    [
      'undoing it twice takes nothing else away',
      [
        line('intended', 'a'),
        line('intended', 'a'),
        line('undone', 'a', { step: 'restore', data: 2 }),
        line('undone', 'a', { step: 'restore', data: 2 }),
      ],
      [1],
    ],
    ['what a dry run would do does not stand', [line('intended', 'a'), line('would-act', 'a')], []],
    [
      'what a finished Reverse has built stays',
      [line('intended', 'a', { step: 'reverse' }), line('intended', 'b'), { step: 'reverse', event: 'step-finished' }],
      [2],
    ],
    [
      'what a Reverse that has not finished has built does not stay',
      [line('intended', 'a', { step: 'reverse' }), line('acted', 'a', { step: 'reverse' })],
      [1],
    ],
    [
      'what a refused Reverse has built does not stay',
      [
        line('intended', 'a', { step: 'reverse' }),
        { step: 'reverse', event: 'step-finished', refusal: 'replica-broken' },
      ],
      [1],
    ],
    ['a failure may have taken effect', [line('intended', 'a'), line('failed', 'a')], [1]],
    ['lines about no resource change nothing', [line('intended', 'a'), { event: 'rejected' }], [1]],
  ])('%s', (_title, notes, expected) => {
    expect(sequencesOf(...notes)).toEqual(expected);
  });
});

describe('the effects of a run and of those that it has taken over', () => {
  const begun = entriesOf(line('intended', 'a', { step: 'reverse' }), line('intended', 'b', { step: 'scale' }));
  const own = line('intended', 'c', { step: 'reverse' });
  const finished = { step: 'reverse', event: 'step-finished' } as const;
  const resourcesOf = (...journals: Parameters<typeof effectsOfRuns>[0]) =>
    effectsOfRuns(journals).map(({ resource }) => resource);

  it('come newest first', () => {
    expect(resourcesOf(entriesOf(own), begun)).toEqual(['c', 'b', 'a']);
  });

  it('without what a finished Reverse has brought about, whoever had begun it', () => {
    expect(resourcesOf(entriesOf(own, finished), begun)).toEqual(['b']);
    expect(resourcesOf([], entriesOf(own, finished), begun)).toEqual(['b']);
  });

  it('with what was begun again after it had been finished, or when it was refused', () => {
    expect(resourcesOf(begun, entriesOf(finished))).toEqual(['b', 'a']);
    expect(resourcesOf(entriesOf({ ...finished, refusal: 'replica-broken' }), begun)).toEqual(['b', 'a']);
  });

  it('a finished step of another kind keeps nothing', () => {
    expect(resourcesOf(entriesOf({ step: 'scale', event: 'step-finished' }), begun)).toEqual(['b', 'a']);
  });
});

describe('the point of no return', () => {
  const passed = (...notes: readonly Partial<JournalNote>[]) =>
    passedPointOfNoReturn(entriesOf(...notes))?.split(' ')[0];

  it.each<[string, readonly Partial<JournalNote>[], string | undefined]>([
    ['is not passed by reversible effects', [line('intended', 'a', { step: 'promote' })], undefined],
    [
      'is not passed by what other steps leave behind',
      [line('intended', 'a', { step: 'verify', data: final })],
      undefined,
    ],
    [
      'is passed by a promotion that was done',
      [line('intended', 'a', { step: 'promote', data: final }), line('acted', 'a', { step: 'promote' })],
      'a',
    ],
    ['is passed by a promotion that nobody answered', [line('intended', 'a', { step: 'promote', data: final })], 'a'],
    [
      'is not passed by a promotion that was rejected',
      [line('intended', 'a', { step: 'promote', data: final }), line('rejected', 'a', { step: 'promote' })],
      undefined,
    ],
    [
      'is passed when Promote found nothing to do: somebody had promoted before',
      [line('settled', 'a', { step: 'promote' })],
      'a',
    ],
    [
      'is passed when the survey found it promoted',
      [line('surveyed', 'a', { step: 'survey', data: { phase: 'promote', verdict: 'settled' } })],
      'a',
    ],
    [
      'is not passed when the survey found it still to be promoted, and the rest settled',
      [
        line('surveyed', 'a', { step: 'survey', data: { phase: 'promote', verdict: 'act' } }),
        line('surveyed', 'b', { step: 'survey', data: { phase: 'scale', verdict: 'settled' } }),
        line('surveyed', 'c', { step: 'survey' }),
      ],
      undefined,
    ],
  ])('%s', (_title, notes, expected) => {
    expect(passed(...notes)).toBe(expected);
  });
});

describe('a standby that is the writer already', () => {
  const promote = (event: JournalNote['event'], resource?: string): Partial<JournalNote> => ({
    step: 'promote',
    event,
    ...(resource === undefined ? {} : { resource }),
  });

  it.each<[string, readonly Partial<JournalNote>[], string | undefined]>([
    ['is one that Promote found settled', [promote('step-started'), promote('settled', 'db')], 'db'],
    ['is not one that Promote waits for', [promote('waiting', 'db')], undefined],
    ['is not one that another step found settled', [line('settled', 'db')], undefined],
    [
      'is one although a dry run would promote another, and would act on it elsewhere',
      [promote('would-act', 'other'), line('would-act', 'db'), promote('settled', 'db')],
      'db',
    ],
    ['is not one that a dry run would promote', [promote('would-act', 'db'), promote('settled', 'db')], undefined],
    ['is not the step itself', [promote('settled')], undefined],
  ])('%s', (_title, notes, expected) => {
    expect(passedPointOfNoReturn(entriesOf(...notes))?.split(' ')[0]).toBe(expected);
  });
});
