import { describe, expect, it } from 'vitest';
import { type Outcome, worst } from '../../../shared/domain/outcome.ts';

const done: Outcome = { status: 'settled', why: 'done' };
const soon: Outcome = { status: 'waiting', why: 'soon', retryAfterSeconds: 1 };
const late: Outcome = { status: 'waiting', why: 'late', retryAfterSeconds: 60 };
const no: Outcome = { status: 'refused', why: 'no', refusal: 'capacity-unknown' };
const blocked: Outcome = { status: 'refused', why: 'depends on b: no', refusal: 'dependency-refused' };

describe('the worst outcome of a step', () => {
  it.each<[string, Record<string, Outcome>, Outcome]>([
    ['nothing to do is settled', {}, { status: 'settled', why: 'nothing' }],
    [
      'all settled is settled, with every reason',
      { a: done, b: done },
      { status: 'settled', why: 'a: done · b: done' },
    ],
    ['one that waits makes the step wait', { a: soon, b: done }, { ...soon, why: 'a: soon' }],
    ['a refusal outweighs waiting', { a: no, b: soon }, { ...no, why: 'a: no' }],
    ['a refusal outweighs waiting in any order', { a: soon, b: no }, { ...no, why: 'b: no' }],
    ['the cause is named, not what it blocks', { a: blocked, b: no }, { ...no, why: 'b: no' }],
    ['the cause is named, also when it comes first', { b: no, c: blocked }, { ...no, why: 'b: no' }],
    ['the soonest of those that wait brings the step back', { a: soon, b: late }, { ...soon, why: 'a: soon' }],
    ['the soonest counts in any order', { a: late, b: soon }, { ...soon, why: 'b: soon' }],
  ])('%s', (_title, outcomes, expected) => {
    expect(worst(new Map(Object.entries(outcomes)), 'nothing')).toEqual(expected);
  });

  it('names the right resource when two share one outcome object', () => {
    const outcomes = new Map<string, Outcome>([
      ['a', done],
      ['b', soon],
      ['c', soon],
    ]);
    expect(worst(outcomes, 'nothing')).toEqual({ ...soon, why: 'b: soon' });
  });
});
