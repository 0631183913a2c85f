import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { check, type Facts, type ReadAnswer, undo } from '../../../shared/kinds/http-transaction/check.ts';
import { Spec } from '../../../shared/kinds/http-transaction/spec.ts';

const transactionId = '0f9e3c1a-0d4b-8c77-9a6e-5b1d2c3e4f50';
const url = 'https://orders-recovery.example.com';
const wire = {
  primary: { url: 'https://orders-primary.example.com' },
  recovery: { url },
  publicUrl: 'https://orders.example.com',
  write: { path: '/orders', body: '{"id":"{{id}}","item":"probe"}' },
  read: { path: '/orders/{{id}}' },
};
const spec = Spec.parse({ ...wire, expectRegionField: 'region' });
const withoutRegion = Spec.parse(wire);

const verify: Goal = {
  phase: 'verify',
  run: {
    id: 'run-1',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: 0,
    incidentAt: 0,
  },
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
};
const confirm: Goal = { ...verify, phase: 'confirm' };

const answer = (fields: Partial<Extract<ReadAnswer, { answered: true }>>): ReadAnswer => ({
  answered: true,
  status: 200,
  echoesId: true,
  excerpt: 'the body',
  ...fields,
});
const facts = (read: ReadAnswer): Facts => ({ transactionId, url, read });

describe('the read decides', () => {
  const soon = { verdict: 'wait', retryAfterSeconds: 1 };
  const settled = { verdict: 'settled' };
  const refused = { verdict: 'refuse', refusal: 'verification-failed' };
  const write = { verdict: 'act', action: { type: 'write', transactionId } };
  const there = { regionField: 'eu-central-1' } as const;
  const inTo = answer(there);

  it.each<[string, Goal, Spec, ReadAnswer, object]>([
    ['no answer waits', verify, spec, { answered: false, why: 'ECONNREFUSED' }, soon],
    ['a server error waits, even with the id in its text', verify, spec, answer({ status: 503 }), soon],
    ['the first server error waits', verify, spec, answer({ status: 500 }), soon],
    ['a request to come back later waits', verify, spec, answer({ status: 429 }), soon],
    ['a request that took too long waits', verify, spec, answer({ status: 408 }), soon],
    ['a request that came too early waits', verify, spec, answer({ status: 425 }), soon],
    ['a record that is not there yet is written', verify, spec, answer({ status: 404, echoesId: false }), write],
    ['it is written even when the 404 repeats the id', verify, spec, answer({ status: 404 }), write],
    ['a missing permission is refused', verify, spec, answer({ status: 403 }), refused],
    ['a redirection is refused', verify, spec, answer({ status: 302 }), refused],
    ['an invalid request is refused', verify, spec, answer({ status: 400 }), refused],
    ['a page without the id proves nothing', verify, spec, answer({ ...there, echoesId: false }), refused],
    ['another Region waits', verify, spec, answer({ regionField: 'eu-west-1' }), soon],
    ['another Region waits after the flip, too', confirm, spec, answer({ regionField: 'eu-west-1' }), soon],
    ['an answer that does not name its Region waits', verify, spec, answer({}), soon],
    ['the record in the right Region is the proof', verify, spec, inTo, settled],
    ['the record in the right Region is the proof after the flip', confirm, spec, inTo, settled],
    ['201 is a success', verify, spec, answer({ ...there, status: 201 }), settled],
    ['299 is the last success', verify, spec, answer({ ...there, status: 299 }), settled],
    ['300 is none', verify, spec, answer({ ...there, status: 300 }), refused],
    ['the Region is not asked for unless the plan says how', verify, withoutRegion, answer({}), settled],
  ])('%s', (_title, goal, plan, read, expected) => {
    expect(check(goal, plan, facts(read))).toMatchObject(expected);
  });

  it('and says what it proves', () => {
    const why = `transaction ${transactionId} was written and read back in eu-central-1 through ${url}`;
    expect(check(verify, spec, facts(inTo))).toEqual({ verdict: 'settled', why });
  });

  it('and says what it has read of the Region instead', () => {
    expect(check(verify, spec, facts(answer({}))).why).toContain('does not say');
    expect(check(verify, spec, facts(answer({ regionField: 'eu-west-1' }))).why).toContain('eu-west-1');
  });

  it('and names old answers of resolvers as a reason only after the flip', () => {
    const elsewhere = facts(answer({ regionField: 'eu-west-1' }));
    expect(check(confirm, spec, elsewhere).why).toContain('TTL');
    expect(check(verify, spec, elsewhere).why).not.toContain('TTL');
  });
});

it('a verification cannot be taken back: its record remains', () => {
  const remains = `the verification record ${transactionId} remains; it harms nothing and can be deleted by hand`;
  expect(undo({ type: 'write', transactionId })).toEqual({ irreversible: remains });
});

const anyRead: fc.Arbitrary<ReadAnswer> = fc.oneof(
  fc.record({ answered: fc.constant(false as const), why: fc.string() }),
  fc.record(
    {
      answered: fc.constant(true as const),
      status: fc.integer({ min: 100, max: 599 }),
      echoesId: fc.boolean(),
      regionField: fc.constantFrom('eu-west-1', 'eu-central-1', ''),
      excerpt: fc.string(),
    },
    { requiredKeys: ['answered', 'status', 'echoesId', 'excerpt'] },
  ),
);

it('whatever is answered, only a success with the id from the right Region settles', () => {
  fc.assert(
    fc.property(anyRead, fc.constantFrom(verify, confirm), (read, goal) => {
      const proven =
        read.answered &&
        read.status >= 200 &&
        read.status <= 299 &&
        read.echoesId &&
        read.regionField === goal.run.to.region;
      expect(check(goal, spec, facts(read)).verdict === 'settled').toBe(proven);
    }),
  );
});

describe('the plan is refused when', () => {
  it.each<[string, object]>([
    ['the read does not say what to read', { read: { path: '/orders' } }],
    ['the write does not carry the id', { write: { path: '/orders', body: '{}' } }],
    ['a URL is none', { publicUrl: 'orders' }],
    ['a URL is not HTTP', { publicUrl: 'ftp://orders.example.com' }],
    ['the write could delete', { write: { ...wire.write, method: 'DELETE' } }],
  ])('%s', (_title, fields) => {
    expect(Spec.safeParse({ ...wire, ...fields }).success).toBe(false);
  });
});
