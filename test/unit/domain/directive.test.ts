import { describe, expect, it } from 'vitest';
import { type Asked, askedIn, decideDirective, skippedIn } from '../../../shared/domain/directive.ts';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { entriesOf } from '../../support/sample-run.ts';
import { noon } from '../../support/virtual-clock.ts';

const person = { by: 'ada', reason: 'checked with finance', at: noon, expiresAt: noon + 900_000 };
const approves = { type: 'approve', needs: ['accept-data-loss'], ...person };
const asks: Asked = { step: 'approve', why: 'needs accept-data-loss', needs: ['accept-data-loss'], loss: 12 };
const held: Asked = { step: 'hold', why: 'is held', needs: [] };

const decide = (directive: object, facts: Partial<Parameters<typeof decideDirective>[0]> = {}) =>
  decideDirective({ directive, now: noon, isActive: true, asked: asks, ...facts });

describe('what a person says about a run', () => {
  it('is recorded with the loss that the run has shown', () => {
    expect(decide(approves)).toEqual({ accepted: true, directive: { ...approves, loss: 12 } });
  });

  it('is recorded without a loss where the run has shown none', () => {
    const { loss: _loss, ...silent } = asks;
    expect(decide(approves, { asked: silent })).toStrictEqual({ accepted: true, directive: approves });
  });

  it.each<[string, object, Partial<Parameters<typeof decideDirective>[0]>]>([
    ['a refusal', { type: 'decline', ...person }, {}],
    ['resume, for a run that is held', { type: 'resume', ...person }, { asked: held }],
    ['skip, for a run that is held', { type: 'skip', resource: 'orders-db', ...person }, { asked: held }],
    ['stop, for a run that is held', { type: 'stop', ...person }, { asked: held }],
  ])('is recorded: %s', (_title, directive, facts) => {
    expect(decide(directive, facts)).toEqual({ accepted: true, directive });
  });

  it.each<[string, object, Partial<Parameters<typeof decideDirective>[0]>, RegExp]>([
    ['by nobody', { ...approves, by: '  ' }, {}, /nobody/],
    ['without a reason', { ...approves, reason: '' }, {}, /no reason/],
    ['that expires just now', { ...approves, expiresAt: noon }, {}, /expired/],
    ['that has expired', { ...approves, expiresAt: noon - 5000 }, {}, /expired 5 s ago/],
    ['for a run that is over', approves, { isActive: false }, /over/],
    ['for a run that never was', approves, { isActive: undefined }, /never/],
    ['for a run that does not ask', approves, { asked: undefined }, /does not wait/],
    ['for a run that is held, as if it had asked', approves, { asked: held }, /is held: resume, skip or stop/],
    ['for a run that asks, as if it were held', { type: 'resume', ...person }, {}, /approve or decline/],
    [
      'that accepts no loss where one would be lost',
      { ...approves, needs: ['proceed'] },
      {},
      /accept-data-loss must be given by name/,
    ],
    ['that is nothing we know', { type: 'hurry', ...person }, {}, /type/],
  ])('is refused: one %s', (_title, directive, facts, why) => {
    const decided = decide(directive, facts);
    expect(decided.accepted).toBe(false);
    expect('why' in decided ? decided.why : '').toMatch(why);
  });
});

describe('what a run waits for', () => {
  const question = {
    step: 'approve',
    event: 'asked',
    why: 'needs proceed',
    data: { needs: ['proceed'], loss: 3 },
  } as const;
  const theQuestion: Asked = { step: 'approve', why: 'needs proceed', needs: ['proceed'], loss: 3 };
  it.each<[string, readonly Partial<JournalNote>[], Asked | undefined]>([
    ['is nothing before it has asked', [{ event: 'settled' }], undefined],
    ['is its question', [question], theQuestion],
    ['is nothing once somebody has answered', [question, { step: 'approve', event: 'answered' }], undefined],
    ['is nothing once it has given up', [question, { step: 'approve', event: 'step-finished' }], undefined],
    ['is still its question while the run waits', [question, { step: 'approve', event: 'waiting' }], theQuestion],
    [
      'is still its question when another step finishes',
      [question, { step: 'scale', event: 'step-finished' }],
      theQuestion,
    ],
    ['is a decision, when it is held', [{ step: 'hold', event: 'asked', why: 'is held' }], held],
  ])('%s', (_title, notes, expected) => {
    expect(askedIn(entriesOf(...notes))).toStrictEqual(expected);
  });
});

it('only what a held run was told to skip is skipped', () => {
  const skip = { directive: { type: 'skip', resource: 'orders-db', ...person } };
  const resume = { directive: { type: 'resume', ...person } };
  const entries = entriesOf(
    { step: 'hold', event: 'asked', data: { needs: [] } },
    { step: 'hold', event: 'answered', data: skip },
    { step: 'hold', event: 'answered', data: resume },
    { step: 'approve', event: 'answered', data: { directive: { type: 'skip', resource: 'other' } } },
  );
  expect([...skippedIn(entries)]).toEqual(['orders-db']);
});
