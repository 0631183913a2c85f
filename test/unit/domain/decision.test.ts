import { describe, expect, it } from 'vitest';
import { act, refuse, settled, wait } from '../../../shared/domain/decision.ts';

describe('a decision', () => {
  it.each([
    ['settled says only why', settled('it is done'), { verdict: 'settled', why: 'it is done' }],
    ['wait comes back after five seconds', wait('soon'), { verdict: 'wait', why: 'soon', retryAfterSeconds: 5 }],
    ['wait comes back when told', wait('soon', 1), { verdict: 'wait', why: 'soon', retryAfterSeconds: 1 }],
    [
      'act carries the action as it is',
      act({ type: 'promote', instance: 'orders' }, 'go'),
      { verdict: 'act', why: 'go', action: { type: 'promote', instance: 'orders' } },
    ],
    [
      'refuse names its code',
      refuse('capacity-unknown', 'no samples'),
      { verdict: 'refuse', why: 'no samples', refusal: 'capacity-unknown' },
    ],
  ])('%s', (_title, decision, expected) => {
    expect(decision).toEqual(expected);
  });
});
