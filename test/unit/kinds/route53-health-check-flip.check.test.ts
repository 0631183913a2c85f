import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, ServerFacts } from '../../../shared/domain/name-servers.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import {
  type Action,
  check,
  type Facts,
  type ObjectFacts,
  undo,
} from '../../../shared/kinds/route53-health-check-flip/check.ts';
import {
  type Claim,
  claimText,
  parseClaim,
  Spec,
  searchString,
} from '../../../shared/kinds/route53-health-check-flip/spec.ts';

const wire = {
  primary: { bucket: 'claims-eu-west-1', key: 'orders' },
  recovery: { bucket: 'claims-eu-central-1', key: 'orders' },
  markName: '_served.shop.example.com',
  nameServers: ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'],
  records: [{ name: 'www.shop.example.com', type: 'A', primary: ['192.0.2.1'], recovery: ['198.51.100.1'] }],
  checkersSeeAfterSeconds: 60,
};
const spec = Spec.parse(wire);

const sides = {
  primary: { place: 'primary', region: 'eu-west-1' },
  recovery: { place: 'recovery', region: 'eu-central-1' },
} as const;
const now = 1_000_000;
const goalOf = (phase: 'flip-dns' | 'confirm', to: 'primary' | 'recovery', more: Partial<Goal> = {}): Goal => ({
  phase,
  run: {
    id: 'run-7',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: to === 'recovery' ? sides.primary : sides.recovery,
    to: sides[to],
    epoch: 7,
    openedAt: 0,
    incidentAt: 0,
  },
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now,
  recorded: {},
  surveyed: {},
  ...more,
});

const claim = (changes: Partial<Claim> = {}): Claim => ({
  active: true,
  epoch: 7,
  run: 'run-7',
  region: 'eu-central-1',
  ...changes,
});
const object = (changes: Partial<Claim> = {}, changedAt = 0): ObjectFacts => ({
  state: 'present',
  text: claimText(claim(changes)),
  changedAt,
});
const older = { epoch: 6, run: 'run-6' };
const absent: ObjectFacts = { state: 'absent' };
const says = (...values: string[]): Answer => ({ answered: true, values });
const silent: Answer = { answered: false, why: 'no answer within 1000 ms' };
const server = (name: string, mark: Answer, address: Answer): ServerFacts => ({
  server: name,
  mark,
  names: mark.answered ? [{ name: 'www.shop.example.com', type: 'A', answer: address }] : [],
});
const showing = (place: 'primary' | 'recovery') => {
  const address = says(place === 'primary' ? '192.0.2.1' : '198.51.100.1');
  return [server('ns-1', says(place), address), server('ns-2', says(place), address)];
};

describe('flip-dns', () => {
  const goal = goalOf('flip-dns', 'recovery');
  const verdictOf = (facts: Partial<Facts>, asked = goal) => {
    const decision = check(asked, spec, { to: absent, servers: showing('primary'), ...facts });
    return decision.verdict === 'refuse' ? decision.refusal : decision.verdict;
  };

  it.each<[string, Partial<Facts>, string]>([
    ['there is no claim yet', {}, 'act'],
    ['an older run was active here', { to: object(older) }, 'act'],
    ['an older run has been put back', { to: object({ ...older, active: false, back: true }) }, 'act'],
    ['the claim stands, the servers do not follow yet', { to: object() }, 'wait'],
    [
      'the claim stands, and one of two servers follows',
      { to: object(), servers: [...showing('recovery').slice(1), ...showing('primary').slice(1)] },
      'wait',
    ],
    ['the claim stands, and every server follows', { to: object(), servers: showing('recovery') }, 'settled'],
    [
      'a server that is silent counts as none',
      { to: object(), servers: [...showing('recovery'), server('ns-3', silent, silent)] },
      'settled',
    ],
    ['no server answers', { to: object(), servers: [server('ns-1', silent, silent)] }, 'wait'],
    [
      'a record answers with the old address',
      { to: object(), servers: [server('ns-1', says('recovery'), says('192.0.2.1'))] },
      'wait',
    ],
    [
      'a record has no value: never zero targets',
      { to: object(), servers: [server('ns-1', says('recovery'), says())] },
      'wait',
    ],
    ['traffic is there before the claim', { servers: showing('recovery') }, 'act'],
    ['a newer run has written', { to: object({ epoch: 8, run: 'run-8' }) }, 'stale-epoch'],
    ['this run’s claim of an older epoch', { to: object({ epoch: 6 }) }, 'act'],
    ['this run has written under a newer epoch', { to: object({ epoch: 8 }) }, 'stale-epoch'],
    ['another run has written under the same epoch', { to: object({ run: 'run-x' }) }, 'stale-epoch'],
    ['this run has been put back', { to: object({ active: false, back: true }) }, 'stale-epoch'],
    ['the bucket is missing', { to: { state: 'no-bucket' } }, 'traffic-object-unusable'],
    [
      'the object is somebody else’s',
      { to: { state: 'present', text: 'hello', changedAt: 0 } },
      'traffic-object-unusable',
    ],
    ['the marker does not exist', { servers: [server('ns-1', says(), silent)] }, 'record-unusable'],
    ['the marker says something else', { servers: [server('ns-1', says('blue'), silent)] }, 'record-unusable'],
  ])('%s: %s', (_title, facts, expected) => {
    expect(verdictOf(facts)).toBe(expected);
  });

  it('writes the claim of the Region being activated, over what was seen and nothing else', () => {
    const former = object({ ...older, active: false });
    expect(check(goal, spec, { to: former, servers: [] })).toMatchObject({
      action: {
        type: 'claim',
        place: 'recovery',
        text: '{"active":true,"epoch":7,"run":"run-7","region":"eu-central-1"}',
        replaces: claimText(claim({ ...older, active: false })),
      },
    });
    expect(check(goal, spec, { to: absent, servers: [] })).toMatchObject({ action: { replaces: null } });
  });

  it('says who has overtaken it, and whether that run has put traffic back', () => {
    const whyOf = (to: ObjectFacts) => check(goal, spec, { to, servers: [] }).why;
    expect(whyOf(object({ epoch: 8, run: 'run-8' }))).toContain('run-8 has written it under epoch 8');
    expect(whyOf(object({ active: false, back: true }))).toContain('run-7 has put traffic back under epoch 7');
  });

  it('shows the beginning of what somebody else has written, however long it is', () => {
    const { why } = check(goal, spec, { to: { state: 'present', text: 'x'.repeat(5000), changedAt: 0 }, servers: [] });
    expect(why).toContain('x'.repeat(80));
    expect(why).not.toContain('x'.repeat(81));
  });

  const planned = goalOf('flip-dns', 'recovery', { run: { ...goal.run, purpose: 'switchover' } });
  it.each<[string, Partial<Facts>, string]>([
    ['its own claim comes first', { from: object(older) }, 'claim'],
    ['then the one that outweighs it goes', { to: object(), from: object(older) }, 'withdraw'],
    ['one that is withdrawn is in nobody’s way', { to: object(), from: object({ active: false }) }, 'wait'],
    [
      'a Region that does not answer is not waited for',
      { to: object(), from: { state: 'unanswered', why: '' } },
      'wait',
    ],
    ['a newer run has written there', { to: object(), from: object({ epoch: 8, run: 'run-8' }) }, 'stale-epoch'],
  ])('planned: %s', (_title, facts, expected) => {
    const decision = check(planned, spec, { to: absent, servers: showing('primary'), ...facts });
    const { verdict } = decision;
    expect(verdict === 'act' ? decision.action.type : verdict === 'refuse' ? decision.refusal : verdict).toBe(expected);
  });

  it('leaves the recovery’s claim to confirm: that of the primary outweighs it', () => {
    const home = goalOf('flip-dns', 'primary', { run: { ...goalOf('flip-dns', 'primary').run, purpose: 'failback' } });
    const facts = { to: object(), from: object(older), servers: showing('primary') };
    expect(check(home, spec, facts).verdict).toBe('settled');
  });

  it('names a claim of the primary that holds traffic, if the last evaluation has seen one', () => {
    const seen: Facts = { to: absent, from: object({ ...older, region: 'eu-west-1' }), servers: [] };
    const known = goalOf('flip-dns', 'recovery', { recorded: { confirm: { at: 0, facts: seen } } });
    const facts = { to: object(), servers: showing('primary') };
    expect(check(known, spec, facts).why).toContain('s3://claims-eu-west-1/orders was active');
    expect(check(goal, spec, facts).why).not.toContain('claims-eu-west-1');
  });

  it('blames nothing on one that is seen to be withdrawn by now', () => {
    const before: Facts = { to: absent, from: object({ ...older, region: 'eu-west-1' }), servers: [] };
    const known: Goal = { ...planned, recorded: { confirm: { at: 0, facts: before } } };
    const whyOf = (from: ObjectFacts) => check(known, spec, { to: object(), from, servers: showing('primary') }).why;
    expect(whyOf(object({ active: false }))).not.toContain('holds traffic');
    expect(whyOf({ state: 'unanswered', why: '' })).toContain('holds traffic');
  });

  it.each<[string, 'primary' | 'recovery', ObjectFacts]>([
    ['a claim of the primary that is withdrawn', 'recovery', object({ ...older, active: false })],
    ['a primary that has no claim', 'recovery', absent],
    ['a claim of the recovery: that of the primary outweighs it', 'primary', object(older)],
  ])('blames nothing on %s', (_title, to, from) => {
    const known = goalOf('flip-dns', to, {
      recorded: { confirm: { at: 0, facts: { to: absent, from, servers: [] } } },
    });
    const other = to === 'recovery' ? 'primary' : 'recovery';
    expect(check(known, spec, { to: object(), servers: showing(other) }).why).not.toContain('holds traffic');
  });
});

describe('confirm', () => {
  const decide = (to: 'primary' | 'recovery', facts: Partial<Facts>) =>
    check(goalOf('confirm', to), spec, { to: object(), servers: [], from: absent, ...facts });

  it.each<[string, 'primary' | 'recovery', Partial<Facts>, string, string?]>([
    ['the Region left has no claim', 'recovery', {}, 'settled'],
    ['its claim is withdrawn already', 'recovery', { from: object({ active: false }) }, 'settled'],
    ['its claim stands', 'recovery', { from: object(older) }, 'act', 'withdraw'],
    ['it does not answer', 'recovery', { from: { state: 'unanswered', why: 'TimeoutError' } }, 'settled'],
    ['its bucket is gone', 'recovery', { from: { state: 'no-bucket' } }, 'settled'],
    ['its object is somebody else’s', 'recovery', { from: { state: 'present', text: 'x', changedAt: 0 } }, 'settled'],
    ['a newer run has written there', 'recovery', { from: object({ epoch: 8, run: 'run-8' }) }, 'refuse'],
    ['a newer run has withdrawn it', 'recovery', { from: object({ epoch: 8, run: 'x', active: false }) }, 'refuse'],
    ['back to the primary, the recovery’s claim stands', 'primary', { from: object(older) }, 'act', 'withdraw'],
    ['withdrawn a moment ago', 'primary', { from: object({ active: false }, now - 59_000) }, 'wait'],
    ['withdrawn long enough ago', 'primary', { from: object({ active: false }, now - 61_000) }, 'act', 'rest'],
    ['the recovery never had a claim', 'primary', {}, 'act', 'rest'],
    ['withdrawn exactly long enough ago', 'primary', { from: object({ active: false }, now - 60_000) }, 'act', 'rest'],
    ['neither place has a claim', 'primary', { to: absent }, 'settled'],
    ['both are at rest', 'primary', { to: object({ active: false }), from: object({ active: false }) }, 'settled'],
    [
      'the recovery is dead: the primary’s claim must stay',
      'primary',
      { from: { state: 'unanswered', why: '-' } },
      'settled',
    ],
  ])('%s (%s): %s', (_title, to, facts, verdict, type) => {
    const decision = decide(to, facts);
    expect(decision.verdict).toBe(verdict);
    expect(decision.verdict === 'act' ? decision.action.type : undefined).toBe(type);
  });

  it('waits exactly until the checkers have seen it', () => {
    expect(decide('primary', { from: object({ active: false }, now - 45_000) })).toMatchObject({
      retryAfterSeconds: 15,
    });
  });

  it.each<[string, ObjectFacts, string]>([
    ['does not answer', { state: 'unanswered', why: 'TimeoutError' }, 's3://claims-eu-west-1/orders'],
    ['has lost its bucket', { state: 'no-bucket' }, 'claims-eu-west-1'],
    [
      'holds what somebody else has written',
      { state: 'present', text: 'x', changedAt: 0 },
      'not written by Understudy',
    ],
  ])('says what remains when the Region left %s', (_title, from, named) => {
    const { why } = decide('recovery', { from });
    expect(why).toContain(named);
    expect(why).toContain('while it stands');
  });

  it('leaves the claim of the primary where it is when nobody has asked the recovery', () => {
    const { verdict, why } = check(goalOf('confirm', 'primary'), spec, { to: object(), servers: [] });
    expect(verdict).toBe('settled');
    expect(why).toContain('was not asked');
  });

  it('withdraws by writing, over what was seen, that the Region left is not active', () => {
    const from = object({ ...older, region: 'eu-west-1' });
    expect(decide('recovery', { from })).toMatchObject({
      action: {
        place: 'primary',
        text: '{"active":false,"epoch":7,"run":"run-7","region":"eu-west-1"}',
        replaces: claimText(claim({ ...older, region: 'eu-west-1' })),
      },
    });
  });

  it('rests by writing that the primary needs no claim', () => {
    expect(decide('primary', { from: object({ active: false }) })).toMatchObject({
      action: {
        place: 'primary',
        text: '{"active":false,"epoch":7,"run":"run-7","region":"eu-west-1"}',
        replaces: claimText(claim()),
      },
    });
  });
});

describe('undo', () => {
  const action: Action = { type: 'claim', place: 'recovery', text: claimText(claim()), replaces: null };
  const backOf = (one: Action, before: Facts) => {
    const undone = undo(one, before);
    return 'irreversible' in undone ? undone : { ...undone, text: parseClaim(undone.text) };
  };

  it('of a claim where there was none: it is not active any more, and never written by this run again', () => {
    expect(backOf(action, { to: absent, servers: [] })).toEqual({
      type: 'put-back',
      place: 'recovery',
      text: claim({ active: false, back: true }),
      replaces: action.text,
    });
  });

  it('of a claim over an older active one: it stays active', () => {
    expect(backOf(action, { to: object(older), servers: [] })).toMatchObject({ text: { active: true, back: true } });
  });

  it('of a withdrawal: the claim is active again', () => {
    const text = claimText(claim({ active: false }));
    const withdrawal: Action = { type: 'withdraw', place: 'primary', text, replaces: 'x' };
    const before: Facts = { to: object(), from: object(older), servers: [] };
    expect(backOf(withdrawal, before)).toMatchObject({
      place: 'primary',
      text: { active: true, epoch: 7, back: true },
    });
  });

  it('of a rest: this run’s own claim comes back as it was, so that its own undo fits', () => {
    const text = claimText(claim({ active: false }));
    const rest: Action = { type: 'rest', place: 'recovery', text, replaces: action.text };
    expect(undo(rest, { to: object(), from: absent, servers: [] })).toMatchObject({
      text: action.text,
      replaces: text,
    });
  });

  it('of a withdrawal whose former claim was never seen: the Region left stays withdrawn', () => {
    const withdrawal: Action = {
      ...action,
      type: 'withdraw',
      place: 'primary',
      text: claimText(claim({ active: false })),
    };
    expect(backOf(withdrawal, { to: object(), servers: [] })).toMatchObject({ text: { active: false, back: true } });
  });

  it('of what is no claim: nothing can', () => {
    expect(undo({ ...action, text: 'x' }, { to: absent, servers: [] })).toHaveProperty('irreversible');
  });
});

describe('the text of a claim', () => {
  /** Halves of pairs as well. Not fast-check's unit `binary`, which takes seconds to prepare. */
  const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));
  const anyClaim = fc.record({
    active: fc.boolean(),
    epoch: fc.integer({ min: 1 }),
    run: fc.string({ minLength: 1, maxLength: 200, unit }),
    region: fc.string(),
  });

  it('contains the string that health checks search for exactly if it is active, whatever a run is called', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyClaim,
          anyClaim.map((one) => ({ ...one, run: searchString })),
        ),
        (one) => {
          expect(claimText(one).includes(searchString)).toBe(one.active);
        },
      ),
    );
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyClaim, (one) => {
        expect(parseClaim(claimText(one))).toEqual(one);
      }),
    );
  });

  it.each(['', '{', '{}', '{"active":true}', '[]', '{"active":true,"epoch":0,"run":"r","region":"x"}'])(
    'is not %s',
    (text) => {
      expect(parseClaim(text)).toBeUndefined();
    },
  );
});

describe('the plan', () => {
  it.each<[string, object]>([
    ['one bucket for both places', { recovery: { bucket: 'claims-eu-west-1', key: 'other' } }],
    ['a bucket with dots, which TLS names do not cover', { primary: { bucket: 'claims.example.com', key: 'orders' } }],
    ['a record that is the marker', { records: [{ ...wire.records[0], name: '_served.shop.example.com' }] }],
    ['the same target in both places', { records: [{ ...wire.records[0], recovery: ['192.0.2.1'] }] }],
    ['an address that is none', { records: [{ ...wire.records[0], recovery: ['198.51.100'] }] }],
    ['a record twice', { records: [wire.records[0], wire.records[0]] }],
  ])('must not have %s', (_title, changed) => {
    expect(Spec.safeParse({ ...wire, ...changed }).success).toBe(false);
  });

  it('may leave its records out: the marker speaks for aliases', () => {
    const { records: _left, ...rest } = wire;
    expect(Spec.parse(rest).records).toEqual([]);
  });
});
