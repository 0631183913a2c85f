import { describe, expect, it } from 'vitest';
import type { AddressAnswer } from '../../../lab/checkers/evidence.ts';
import { neverWithoutTarget, pointsAtTheWriter } from '../../../lab/checkers/traffic.ts';
import { addressOf, lostAt, sampleEvidence } from '../../support/sample-evidence.ts';
import { primary } from '../../support/sample-run.ts';

const answer = (afterMs: number, ...addresses: readonly string[]): AddressAnswer => ({
  at: lostAt + afterMs,
  name: 'orders.shop.test',
  addresses,
});
const before = answer(-500, addressOf.primary);

describe('traffic only points at the writer', () => {
  it.each<[verdict: string, title: string, dnsAnswers: readonly AddressAnswer[]]>([
    ['passed', 'the new Region after its promotion', [before, answer(551, addressOf.recovery)]],
    ['passed', 'the lost Region, after its loss too', [before, answer(300, addressOf.primary)]],
    ['passed', 'an answer without any address, which is another check', [before, answer(700)]],
    ['failed', 'the new Region before its promotion', [before, answer(549, addressOf.recovery)]],
    ['failed', 'both at once before the promotion', [answer(1, addressOf.primary, addressOf.recovery)]],
    [
      'failed',
      'the lost Region again after the new one',
      [answer(551, addressOf.recovery), answer(900, addressOf.primary)],
    ],
    ['failed', 'an address of nobody', [before, answer(900, '127.0.3.1')]],
    ['unknown', 'no answer at all', []],
  ])('is %s for %s', (verdict, _title, dnsAnswers) => {
    expect(pointsAtTheWriter(sampleEvidence({ dnsAnswers })).verdict).toBe(verdict);
  });

  it('is failed when the Region that was answered never accepted writes', () => {
    const { writers } = sampleEvidence();
    const terms = [{ region: primary.region, since: 0 }];
    expect(pointsAtTheWriter(sampleEvidence({ writers: { ...writers, terms } })).verdict).toBe('failed');
  });
});

it('an address of nobody is named in the verdict', () => {
  const { why } = pointsAtTheWriter(sampleEvidence({ dnsAnswers: [answer(900, '127.0.3.1')] }));
  expect(why).toBe('an answer named 127.0.3.1, which belongs to no Region');
});

describe('DNS never has zero targets', () => {
  it.each<[verdict: string, title: string, dnsAnswers: readonly AddressAnswer[]]>([
    ['passed', 'answers with an address each', [before, answer(1, addressOf.primary, addressOf.recovery)]],
    ['failed', 'one answer without an address', [before, answer(1), answer(2, addressOf.primary)]],
    ['unknown', 'no answer at all', []],
  ])('is %s for %s', (verdict, _title, dnsAnswers) => {
    expect(neverWithoutTarget(sampleEvidence({ dnsAnswers })).verdict).toBe(verdict);
  });
});
