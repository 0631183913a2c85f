import { describe, expect, it } from 'vitest';
import { asOften, isSick } from '../../../shared/domain/observer-view.ts';
import { view } from '../../support/signals.ts';

describe('one thing failed about as often as another', () => {
  it.each([
    [0, 0, false],
    [0, 10, false],
    [1, 3, false],
    [1, 2, true],
    [5, 10, true],
    [4, 10, false],
  ])('%i failures beside %i: %s', (failures, asOther, expected) => {
    expect(asOften(failures, asOther)).toBe(expected);
  });
});

describe('an observer is sick', () => {
  const failing = { watched: { failed: 10, unanswered: 10 } };
  const selfCheck = ['https://elsewhere.example'];
  it.each<[string, Parameters<typeof isSick>, boolean]>([
    [
      'when it reaches nothing else',
      [view('witness', { ...failing, selfChecksFailed: 9 }), { selfCheck, standby: 'warm' }],
      true,
    ],
    [
      'not when it reaches something else, whatever the other place does',
      [view('witness', { ...failing, targetFailed: 10 }), { selfCheck, standby: 'warm' }],
      false,
    ],
    [
      'when both places fail and nothing else is asked',
      [view('witness', { ...failing, targetFailed: 10 }), { selfCheck: [], standby: 'warm' }],
      true,
    ],
    [
      'not when the other place is cold, and never answers',
      [view('witness', { ...failing, targetFailed: 10 }), { selfCheck: [], standby: 'cold' }],
      false,
    ],
  ])('%s', (_when, [seen, terms], expected) => {
    expect(isSick(seen, terms)).toBe(expected);
  });
});
