import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedLoss, askInWords, askOf, type Granted, grantedIn, missing } from '../../../shared/domain/approval.ts';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { isWithin, type LossEstimate, lossInWords, worstLoss } from '../../../shared/domain/loss.ts';
import { entriesOf } from '../../support/sample-run.ts';

const loss = (seconds: LossEstimate['seconds'], rows?: number): LossEstimate => ({
  seconds,
  why: 'measured',
  ...(rows === undefined ? {} : { rows }),
});
const lossy = ['accept-data-loss'];

describe('what a run asks of people', () => {
  it.each<[string, Parameters<typeof askOf>[0], readonly string[]]>([
    ['nothing when the loss is within the RPO', { approval: 'automatic', rpoSeconds: 5, losses: [loss(5)] }, []],
    ['nothing when nothing can be lost', { approval: 'automatic', rpoSeconds: 0, losses: [] }, []],
    ['to accept a loss above the RPO', { approval: 'automatic', rpoSeconds: 5, losses: [loss(5.001)] }, lossy],
    [
      'to accept a loss that nobody can bound',
      { approval: 'automatic', rpoSeconds: 5, losses: [loss('unknown')] },
      lossy,
    ],
    ['to accept the worst of several', { approval: 'automatic', rpoSeconds: 5, losses: [loss(1), loss(6)] }, lossy],
    ['to accept any loss, if the plan says so', { approval: 'when-lossy', rpoSeconds: 5, losses: [loss(0.1)] }, lossy],
    [
      'nothing when a plan that asks when lossy loses nothing',
      { approval: 'when-lossy', rpoSeconds: 5, losses: [loss(0)] },
      [],
    ],
    ['to go ahead, if the plan says so', { approval: 'manual', rpoSeconds: 5, losses: [loss(1)] }, ['proceed']],
    ['both at once', { approval: 'manual', rpoSeconds: 5, losses: [loss(9)] }, ['proceed', 'accept-data-loss']],
  ])('%s', (_title, facts, needs) => {
    expect(askOf(facts).needs).toEqual(needs);
  });

  it('is said with the loss in seconds and in writes', () => {
    const ask = askOf({ approval: 'automatic', rpoSeconds: 5, losses: [loss(12.5, 2500)] });
    expect(askInWords(ask)).toBe(
      'needs accept-data-loss; the promotion would lose about 12.5 s (some 2,500 writes): measured',
    );
    expect(lossInWords(loss('unknown'))).toBe('an unknown amount');
  });
});

describe('what is still missing', () => {
  const ask = askOf({ approval: 'manual', rpoSeconds: 5, losses: [loss(9)] });
  it.each<[string, readonly Granted[], readonly string[]]>([
    ['everything before anybody has answered', [], ['proceed', 'accept-data-loss']],
    ['the loss, when only going ahead was granted', [{ need: 'proceed' }], lossy],
    [
      'the loss, when a smaller one was accepted',
      [{ need: 'proceed' }, { need: 'accept-data-loss', loss: 8.9 }],
      lossy,
    ],
    ['the loss, when no number was named', [{ need: 'proceed' }, { need: 'accept-data-loss' }], lossy],
    ['nothing when just that loss was accepted', [{ need: 'proceed' }, { need: 'accept-data-loss', loss: 9 }], []],
    [
      'nothing when whatever it may be was accepted',
      [{ need: 'proceed' }, { need: 'accept-data-loss', loss: 'unknown' }],
      [],
    ],
  ])('is %s', (_title, granted, needs) => {
    expect(missing(ask, granted)).toEqual(needs);
  });

  it('is the loss, when a number was accepted and now nobody can tell', () => {
    const unbounded = askOf({ approval: 'automatic', rpoSeconds: 5, losses: [loss('unknown')] });
    expect(missing(unbounded, [{ need: 'accept-data-loss', loss: 1e9 }])).toEqual(lossy);
  });
});

it('no loss above the RPO goes without a permission, whatever the plan says', () => {
  const seconds = fc.oneof(fc.double({ min: 0, noNaN: true }), fc.constant('unknown' as const));
  const approval = fc.constantFrom('automatic' as const, 'manual' as const, 'when-lossy' as const);
  fc.assert(
    fc.property(fc.array(seconds), fc.double({ min: 0, max: 1e6, noNaN: true }), approval, (all, rpoSeconds, how) => {
      const ask = askOf({ approval: how, rpoSeconds, losses: all.map((one) => loss(one)) });
      const above = all.some((one) => one === 'unknown' || one > rpoSeconds);
      expect(ask.needs.includes('accept-data-loss') || !above).toBe(true);
    }),
  );
});

describe('the loss that people have accepted', () => {
  const answered = (granted: readonly Granted[]) =>
    ({ step: 'approve', event: 'answered', data: { granted } }) as const;
  it.each<[string, readonly Partial<JournalNote>[], ReturnType<typeof acceptedLoss>]>([
    ['is none before anybody has answered', [], undefined],
    ['is none when somebody only let it go ahead', [answered([{ need: 'proceed' }])], undefined],
    [
      'is the largest',
      [answered([{ need: 'accept-data-loss', loss: 9 }]), answered([{ need: 'accept-data-loss', loss: 3 }])],
      9,
    ],
    [
      'is whatever it may be, once that was accepted',
      [answered([{ need: 'accept-data-loss', loss: 'unknown' }]), answered([{ need: 'accept-data-loss', loss: 3 }])],
      'unknown',
    ],
    [
      'is none for what a held run was told',
      [{ ...answered([{ need: 'accept-data-loss', loss: 9 }]), step: 'hold' }],
      undefined,
    ],
  ])('%s', (_title, notes, accepted) => {
    expect(acceptedLoss(entriesOf(...notes))).toBe(accepted);
  });
});

describe('losses are compared', () => {
  it('and what is unknown outweighs every number', () => {
    expect(worstLoss([loss(1e9), loss('unknown'), loss(2)])?.seconds).toBe('unknown');
    expect(worstLoss([loss(1), loss(3), loss(2)])?.seconds).toBe(3);
    expect(worstLoss([])).toBeUndefined();
  });

  it('and nothing is within what nobody has allowed', () => {
    expect(isWithin(loss(0), undefined)).toBe(false);
  });
});

it('a question without a loss says so, and carries none', () => {
  const ask = askOf({ approval: 'manual', rpoSeconds: 5, losses: [] });
  expect(ask).toEqual({ needs: ['proceed'] });
  expect(askInWords(ask)).toBe('needs proceed; the promotion would lose nothing');
});

describe('what is missing is compared with its own permission', () => {
  const ask = askOf({ approval: 'manual', rpoSeconds: 5, losses: [loss(9)] });
  it('accepting a loss does not let a run proceed, nor the other way round', () => {
    expect(missing(ask, [{ need: 'accept-data-loss', loss: 9 }])).toEqual(['proceed']);
    expect(missing(ask, [{ need: 'proceed', loss: 9 }])).toEqual(lossy);
  });

  it('a loss that there is not needs nobody', () => {
    expect(missing({ needs: ['accept-data-loss'] }, [])).toEqual([]);
  });
});

describe('permissions in a journal', () => {
  const line = (changes: Partial<JournalNote>) => ({ step: 'approve', event: 'answered', ...changes }) as const;
  it('are those of answers to the question, and of nothing else', () => {
    const granted = [{ need: 'proceed' as const }];
    const entries = entriesOf(
      line({ data: { granted } }),
      line({ data: {} }),
      line({ event: 'asked', data: { granted } }),
      line({ step: 'hold', data: { granted } }),
    );
    expect(grantedIn(entries)).toEqual(granted);
  });

  it('accept a loss only by its own word, and with a number', () => {
    const of = (...granted: readonly Granted[]) => acceptedLoss(entriesOf(line({ data: { granted } })));
    expect(of({ need: 'proceed', loss: 7 })).toBeUndefined();
    expect(of({ need: 'accept-data-loss' })).toBeUndefined();
    expect(of({ need: 'accept-data-loss', loss: 3 }, { need: 'accept-data-loss', loss: 7 })).toBe(7);
    expect(of({ need: 'accept-data-loss', loss: 3 }, { need: 'accept-data-loss', loss: 'unknown' })).toBe('unknown');
  });
});
