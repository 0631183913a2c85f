import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../shared/domain/dns.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { type Action, type Change, check, type Facts, undo } from '../../../shared/kinds/route53-record/check.ts';
import { type RecordSet, Spec } from '../../../shared/kinds/route53-record/spec.ts';

const epochName = '_understudy.shop.example.com';
const alb = (region: string) => ({ alias: { zoneId: 'ZALB', dnsName: `dualstack.web.${region}.elb.amazonaws.com` } });
const wire = {
  zoneId: 'Z0123456789ABC',
  epochName,
  ttlSeconds: 30,
  nameServers: ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com:53'],
  records: [
    {
      name: 'www.shop.example.com',
      type: 'A',
      routing: 'simple',
      primary: { values: ['192.0.2.1', '192.0.2.2'] },
      recovery: { values: ['198.51.100.1'] },
    },
    {
      name: 'api.shop.example.com',
      type: 'CNAME',
      routing: 'weighted',
      primary: { values: ['api.eu-west-1.example.net'] },
      recovery: { values: ['api.eu-central-1.example.net'] },
    },
    {
      name: 'app.shop.example.com',
      type: 'A',
      routing: 'failover',
      primary: alb('eu-west-1'),
      recovery: alb('eu-central-1'),
    },
  ],
};
const spec = Spec.parse(wire);
const only = (index: number, changed: object = {}) =>
  Spec.parse({ ...wire, records: [{ ...wire.records[index], ...changed }] });
const wwwOnly = only(0);

const goal: Goal = {
  phase: 'flip-dns',
  run: {
    id: 'run-7',
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

const literal = (name: string, Type: string, values: readonly string[], more: Partial<RecordSet> = {}): RecordSet => ({
  Name: `${name}.`,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
  ...more,
});
const mark = (text: string): RecordSet => literal(epochName, 'TXT', [`"${text}"`], { TTL: 30 });
const ownMark = mark('epoch=7 run=run-7');
const oldMark = mark('epoch=6 run=run-6');
const www = (...values: string[]): RecordSet => literal('www.shop.example.com', 'A', values);
const api = (SetIdentifier: 'primary' | 'recovery', Weight: number): RecordSet => {
  const region = SetIdentifier === 'primary' ? 'eu-west-1' : 'eu-central-1';
  const HealthCheckId = `check-${SetIdentifier}`;
  return literal('api.shop.example.com', 'CNAME', [`api.${region}.example.net.`], {
    SetIdentifier,
    Weight,
    HealthCheckId,
  });
};
const app = (SetIdentifier: 'primary' | 'recovery', Failover: 'PRIMARY' | 'SECONDARY'): RecordSet => ({
  Name: 'app.shop.example.com.',
  Type: 'A',
  SetIdentifier,
  Failover,
  AliasTarget: {
    HostedZoneId: 'ZALB',
    DNSName: `dualstack.web.${SetIdentifier === 'primary' ? 'eu-west-1' : 'eu-central-1'}.elb.amazonaws.com.`,
    EvaluateTargetHealth: true,
  },
});
const atPrimary: readonly RecordSet[] = [
  www('192.0.2.2', '192.0.2.1'),
  api('primary', 10),
  api('recovery', 0),
  app('primary', 'PRIMARY'),
  app('recovery', 'SECONDARY'),
];
const atRecovery: readonly RecordSet[] = [
  www('198.51.100.1'),
  api('primary', 0),
  api('recovery', 1),
  app('primary', 'SECONDARY'),
  app('recovery', 'PRIMARY'),
];

type Present = Extract<Facts, { zone: 'present' }>;
type Server = Present['servers'][number];
const says = (...values: string[]) => ({ answered: true, values }) as const;
const silent = { answered: false, why: 'no answer within 1000 ms' } as const;
const inForce: Readonly<Record<string, Server['mark']>> = {
  [epochName]: says('epoch=7 run=run-7'),
  'www.shop.example.com': says('198.51.100.1'),
  'api.shop.example.com': says('api.eu-central-1.example.net'),
  'app.shop.example.com': says('203.0.113.9'),
};
const server = (name: string, changed: Readonly<Record<string, Server['mark']>> = {}): Server => {
  const answers = { ...inForce, ...changed };
  const names = wire.records.map((record) => ({ ...record, answer: answers[record.name] ?? silent }));
  return {
    server: name,
    mark: answers[epochName] ?? silent,
    names: names.map(({ name: asked, type, answer }) => ({ name: asked, type, answer })),
  };
};
const facts = (sets: readonly RecordSet[], more: Partial<Present> = {}): Facts => ({
  zone: 'present',
  sets,
  change: 'unknown',
  servers: [server('ns-1'), server('ns-2')],
  ...more,
});

const create = (set: RecordSet): Change => ({ Action: 'CREATE', ResourceRecordSet: set });
const remove = (set: RecordSet): Change => ({ Action: 'DELETE', ResourceRecordSet: set });
const upsert = (set: RecordSet): Change => ({ Action: 'UPSERT', ResourceRecordSet: set });
const withoutDot = (set: RecordSet): RecordSet => ({ ...set, Name: set.Name.slice(0, -1) });

/** The decision's action, or a failure that says what was decided instead. */
function actionOf(plan: Spec, seen: Facts, at: Goal = goal): Action {
  const decision = check(at, plan, seen);
  if (decision.verdict !== 'act') throw new Error(`${decision.verdict}: ${decision.why}`);
  return decision.action;
}

describe('the batch', () => {
  it('swaps the epoch, then points each record by its routing policy', () => {
    expect(actionOf(spec, facts([oldMark, ...atPrimary]))).toEqual({
      type: 'point',
      changes: [
        remove(oldMark),
        create(withoutDot(ownMark)),
        upsert({ ...www('198.51.100.1'), TTL: 30 }),
        upsert(api('recovery', 100)),
        upsert(api('primary', 0)),
        remove(app('recovery', 'SECONDARY')),
        remove(app('primary', 'PRIMARY')),
        create(app('recovery', 'PRIMARY')),
        create(app('primary', 'SECONDARY')),
      ],
    });
  });

  it('goes the other way with the Regions exchanged', () => {
    const back: Goal = { ...goal, run: { ...goal.run, from: goal.run.to, to: goal.run.from } };
    expect(actionOf(wwwOnly, facts([oldMark, www('198.51.100.1')]), back).changes).toEqual([
      remove(oldMark),
      create(withoutDot(ownMark)),
      upsert({ ...www('192.0.2.1', '192.0.2.2'), TTL: 30 }),
    ]);
  });

  it('begins with a bare CREATE where no run has been before, which fails if another one comes first', () => {
    const [first, ...others] = actionOf(wwwOnly, facts([www('192.0.2.1', '192.0.2.2')])).changes;
    expect(first).toEqual(create(withoutDot(ownMark)));
    expect(others.map((change) => change.ResourceRecordSet.Type)).toEqual(['A']);
  });

  it('claims the epoch even when all records point there already, so that no stale run can move them', () => {
    const { changes } = actionOf(spec, facts([oldMark, ...atRecovery]));
    expect(changes).toEqual([remove(oldMark), create(withoutDot(ownMark))]);
  });

  it('is the same in whatever order Route 53 lists the records', () => {
    const { changes } = actionOf(spec, facts([oldMark, ...atPrimary].toReversed()));
    expect(changes).toEqual(actionOf(spec, facts([oldMark, ...atPrimary])).changes);
  });

  it('says which names it points where, or that it only claims the epoch', () => {
    const whyOf = (sets: readonly RecordSet[]) => check(goal, spec, facts([oldMark, ...sets])).why;
    const names = 'www.shop.example.com A, api.shop.example.com CNAME, app.shop.example.com A';
    expect(whyOf(atPrimary)).toBe(`point ${names} to eu-central-1 under epoch 7`);
    expect(whyOf(atRecovery)).toBe('point nothing but the epoch to eu-central-1 under epoch 7');
  });

  it('moves only what does not point there yet', () => {
    const [, ...pairs] = atRecovery;
    const { changes } = actionOf(spec, facts([ownMark, www('192.0.2.1', '192.0.2.2'), ...pairs]));
    expect(changes).toEqual([
      remove(ownMark),
      create(withoutDot(ownMark)),
      upsert({ ...www('198.51.100.1'), TTL: 30 }),
    ]);
  });

  it('takes the weight from the place being left even if the one being activated has its own', () => {
    const [, ...pairs] = atRecovery.with(1, api('primary', 10));
    const { changes } = actionOf(spec, facts([ownMark, www('198.51.100.1'), ...pairs]));
    expect(changes.slice(2)).toEqual([upsert(api('recovery', 100)), upsert(api('primary', 0))]);
  });

  it('makes an alias of a simple record without its TTL and values, and keeps its other fields', () => {
    const plan = only(0, { recovery: alb('eu-central-1') });
    const { AliasTarget } = app('recovery', 'PRIMARY');
    const before = { ...www('192.0.2.1', '192.0.2.2'), HealthCheckId: 'check' };
    expect(actionOf(plan, facts([before])).changes[1]).toEqual(
      upsert({
        Name: 'www.shop.example.com.',
        Type: 'A',
        HealthCheckId: 'check',
        AliasTarget: {
          HostedZoneId: 'ZALB',
          DNSName: AliasTarget?.DNSName.slice(0, -1) ?? '',
          EvaluateTargetHealth: false,
        },
      }),
    );
  });

  it('keeps the health evaluation of an alias that becomes another alias', () => {
    const plan = only(0, { primary: alb('eu-west-1'), recovery: alb('eu-central-1') });
    const { AliasTarget } = app('primary', 'PRIMARY');
    const before = { Name: 'www.shop.example.com.', Type: 'A', ...(AliasTarget && { AliasTarget }) };
    const [, change] = actionOf(plan, facts([before])).changes;
    expect(change?.ResourceRecordSet.AliasTarget).toMatchObject({ HostedZoneId: 'ZALB', EvaluateTargetHealth: true });
  });

  it('writes the name of a run in one word, whatever it is', () => {
    const odd: Goal = { ...goal, run: { ...goal.run, id: 'a "b" \ud800é' } };
    const [first] = actionOf(wwwOnly, facts([www('192.0.2.1', '192.0.2.2')]), odd).changes;
    const value = '"epoch=7 run=a%20%22b%22%20%EF%BF%BD%C3%A9"';
    expect(first?.ResourceRecordSet.ResourceRecords).toEqual([{ Value: value }]);
  });
});

describe('the epoch record decides who may act:', () => {
  const stale = { verdict: 'refuse', refusal: 'stale-epoch' };
  const unusable = { verdict: 'refuse', refusal: 'record-unusable' };
  it.each<[string, readonly RecordSet[], object]>([
    ['no epoch yet', [], { verdict: 'act' }],
    ['an older epoch', [oldMark], { verdict: 'act' }],
    ['this run', [ownMark], { verdict: 'act' }],
    ['a newer epoch', [mark('epoch=8 run=run-8')], stale],
    ['the same epoch of another run', [mark('epoch=7 run=run-x')], stale],
    ['this run, which has put the records back', [mark('epoch=7 run=run-7 back')], stale],
    ['an older run, which has put the records back', [mark('epoch=6 run=run-6 back')], { verdict: 'act' }],
    ['a foreign text', [mark('v=spf1 -all')], unusable],
    ['an epoch with something behind it', [mark('epoch=6 run=run-6 back x')], unusable],
    ['an epoch that is no whole number', [mark('epoch=6.5 run=run-6')], unusable],
    ['two values', [literal(epochName, 'TXT', ['"epoch=6 run=a"', '"epoch=7 run=b"'])], unusable],
    ['no value', [literal(epochName, 'TXT', [])], unusable],
    ['one member of a group', [{ ...oldMark, SetIdentifier: 'a', Weight: 1 }], unusable],
    ['a group', [oldMark, { ...oldMark, SetIdentifier: 'a', Weight: 1 }], unusable],
  ])('%s', (_title, marks, expected) => {
    expect(check(goal, spec, facts([...marks, ...atPrimary]))).toMatchObject(expected);
  });
});

describe('what is not in the declared form is refused by name:', () => {
  const moved = (index: number, fields: Partial<RecordSet> & object): readonly RecordSet[] =>
    atPrimary.map((set, at) => (at === index ? { ...set, ...fields } : set));
  const foreign = { Region: 'eu-west-1' } as Partial<RecordSet>;

  it.each<[string, readonly RecordSet[], string]>([
    ['a simple record that does not exist', atPrimary.slice(1), 'www.shop.example.com A does not exist'],
    ['a pair of which one is missing', atPrimary.filter((_, at) => at !== 2), 'set identifiers primary; they must'],
    [
      'a pair that has a third member',
      [...atPrimary, { ...api('primary', 1), SetIdentifier: 'x' }],
      'primary, recovery, x',
    ],
    ['a pair with other identifiers', moved(3, { SetIdentifier: 'blue' }), 'blue, recovery'],
    ['weights where the plan says simple', moved(0, { SetIdentifier: 'primary', Weight: 1 }), 'has weighted routing'],
    ['a latency record', moved(0, { SetIdentifier: 'primary', ...foreign }), 'has Region routing'],
    ['half a latency pair', moved(1, foreign), 'has Region and weighted routing'],
    ['a simple record that points nowhere known', moved(0, www('192.0.2.1')), 'points to 192.0.2.1, which'],
    [
      'a member that points to the other place',
      moved(1, { ResourceRecords: [{ Value: 'api.eu-central-1.example.net' }] }),
      'points to api.eu-central-1',
    ],
    [
      'an alias to another load balancer',
      moved(4, { AliasTarget: { HostedZoneId: 'ZALB', DNSName: 'other.', EvaluateTargetHealth: true } }),
      'points to alias other in ZALB',
    ],
  ])('%s', (_title, sets, why) => {
    const decision = check(goal, spec, facts([oldMark, ...sets]));
    expect(decision).toMatchObject({ verdict: 'refuse', refusal: 'record-unusable' });
    expect(decision.why).toContain(why);
  });

  it('a zone that does not exist', () => {
    const why = 'there is no hosted zone Z0123456789ABC';
    expect(check(goal, spec, { zone: 'absent' })).toEqual({ verdict: 'refuse', refusal: 'zone-not-found', why });
  });

  it('all of it at once, so that it is corrected in one go', () => {
    const { why } = check(goal, spec, facts([]));
    expect(why.split(' · ')).toHaveLength(3);
  });
});

describe('after the batch', () => {
  const settled = { verdict: 'settled' };
  const soon = { verdict: 'wait', retryAfterSeconds: 1 };
  const ns = (changed?: Readonly<Record<string, Server['mark']>>, name = 'ns-1') => server(name, changed);
  const dead = ns({ [epochName]: silent }, 'ns-2');

  it.each<[string, Partial<Present>, object]>([
    ['all servers show it: settled', {}, settled],
    ['Route 53 confirms it besides: settled', { change: 'INSYNC' }, settled],
    ['Route 53 is still at it: wait, whatever the servers say', { change: 'PENDING' }, soon],
    ['one server is silent, the other shows it: settled', { servers: [ns(), dead] }, settled],
    ['all servers are silent: wait', { servers: [dead] }, soon],
    ['one server shows the old epoch: wait', { servers: [ns(), ns({ [epochName]: says('epoch=6 run=run-6') })] }, soon],
    ['one server shows no epoch: wait', { servers: [ns({ [epochName]: says() })] }, soon],
    ['one server shows two epochs: wait', { servers: [ns({ [epochName]: says('epoch=7 run=run-7', 'x') })] }, soon],
    [
      'one server still answers with the old address: wait',
      { servers: [ns(), ns({ 'www.shop.example.com': says('192.0.2.1') })] },
      soon,
    ],
    [
      'one server mixes old and new: wait',
      { servers: [ns({ 'www.shop.example.com': says('198.51.100.1', '192.0.2.1') })] },
      soon,
    ],
    ['one server has no value: wait', { servers: [ns({ 'api.shop.example.com': says() })] }, soon],
    ['one server has no value for an alias: wait', { servers: [ns({ 'app.shop.example.com': says() })] }, soon],
    [
      'one server answers for the epoch but not for a name: wait',
      { servers: [ns({ 'api.shop.example.com': silent })] },
      soon,
    ],
    ['one server was not asked for the names: wait', { servers: [{ ...ns(), names: [] }] }, soon],
    [
      'names are compared without case and final dot',
      { servers: [ns({ 'api.shop.example.com': says('API.eu-central-1.example.net.') })] },
      settled,
    ],
    [
      'alias answers cannot be compared: the epoch is their proof',
      { servers: [ns({ 'app.shop.example.com': says('192.0.2.77') })] },
      settled,
    ],
  ])('%s', (_title, seen, expected) => {
    expect(check(goal, spec, facts([ownMark, ...atRecovery], seen))).toMatchObject(expected);
  });

  it('the reason says on whose word it rests', () => {
    const proof = (seen: Partial<Present>) => check(goal, spec, facts([ownMark, ...atRecovery], seen)).why;
    const where = '3 records point to eu-central-1 at 1 of 2 authoritative servers under epoch 7';
    expect(proof({ servers: [ns(), dead], change: 'INSYNC' })).toBe(`${where}, INSYNC`);
    expect(proof({ servers: [ns(), dead] })).toBe(`${where}, INSYNC unknown, as another process sent the change`);
  });

  it('IPv6 addresses are compared by value', () => {
    const plan = only(0, {
      type: 'AAAA',
      primary: { values: ['2001:db8::1'] },
      recovery: { values: ['2001:0DB8:0::2'] },
    });
    const there = literal('www.shop.example.com', 'AAAA', ['2001:DB8::2']);
    const names = [{ name: 'www.shop.example.com', type: 'AAAA', answer: says('2001:db8::2') }];
    expect(check(goal, plan, facts([ownMark, there], { servers: [{ ...ns(), names }] }))).toMatchObject(settled);
  });
});

/** Route 53 as documented: all or nothing, DELETE must match, CREATE must be new, a failover group has one PRIMARY. */
function applied(sets: readonly RecordSet[], { changes }: Pick<Action, 'changes'>): readonly RecordSet[] {
  const idOf = (set: RecordSet): string => `${keyOf(set.Name, set.Type)} ${set.SetIdentifier ?? ''}`;
  const zone = new Map(sets.map((set) => [idOf(set), set]));
  for (const { Action: verb, ResourceRecordSet: set } of changes) {
    const id = idOf(set);
    const present = zone.get(id);
    if (verb === 'CREATE' && present !== undefined) throw new Error(`${id} exists`);
    if (verb === 'DELETE') expect({ ...present, Name: '' }).toEqual({ ...set, Name: '' });
    if (verb === 'DELETE') zone.delete(id);
    else zone.set(id, set);
    // Only of the group that was touched: what stands elsewhere in an arbitrary zone need not be valid.
    const group = [...zone.values()].filter((one) => keyOf(one.Name, one.Type) === keyOf(set.Name, set.Type));
    if (group.filter((one) => one.Failover === 'PRIMARY').length > 1)
      throw new Error(`two PRIMARY after ${verb} ${id}`);
  }
  return [...zone.values()];
}

const isMark = (set: RecordSet): boolean => keyOf(set.Name, set.Type) === keyOf(epochName, 'TXT');
const inOrder = (sets: readonly RecordSet[]): readonly RecordSet[] =>
  sets.filter((set) => !isMark(set)).toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));

const anyMark = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<readonly RecordSet[]>([], [oldMark], [ownMark]) },
  fc.constantFrom(mark('epoch=8 run=run-8'), mark('nonsense')).map((set) => [set]),
);
const anyWeight = fc.integer({ min: 0, max: 255 });
const usable = fc
  .tuple(
    fc.constantFrom(www('192.0.2.1', '192.0.2.2'), { ...www('198.51.100.1'), TTL: 5, HealthCheckId: 'x' }),
    anyWeight.map((weight) => api('primary', weight)),
    anyWeight.map((weight) => api('recovery', weight)),
    fc.constantFrom(
      [app('primary', 'PRIMARY'), app('recovery', 'SECONDARY')],
      [app('recovery', 'PRIMARY'), app('primary', 'SECONDARY')],
    ),
  )
  .map((sets): readonly RecordSet[] => sets.flat());
const anySet = fc.record(
  {
    Name: fc.constantFrom('www.shop.example.com.', 'api.shop.example.com.', 'app.shop.example.com', 'x.', epochName),
    Type: fc.constantFrom('A', 'CNAME', 'TXT', 'AAAA'),
    SetIdentifier: fc.constantFrom('primary', 'recovery', 'x'),
    Weight: fc.nat(255),
    Failover: fc.constantFrom('PRIMARY', 'SECONDARY'),
    TTL: fc.nat(),
    ResourceRecords: fc.array(
      fc.record({ Value: fc.oneof(fc.string(), fc.constantFrom('192.0.2.1', '"epoch=1 run=a"')) }),
    ),
    HealthCheckId: fc.string(),
  },
  { requiredKeys: ['Name', 'Type'] },
);
const anyAnswer = fc.oneof(
  fc.record({ answered: fc.constant(true as const), values: fc.array(fc.string()) }),
  fc.record({ answered: fc.constant(false as const), why: fc.string() }),
);
const anyServers = fc.array(
  fc.record({
    server: fc.string(),
    mark: fc.oneof(anyAnswer, fc.constant(says('epoch=7 run=run-7'))),
    names: fc.array(
      fc.record({
        name: fc.constantFrom(...wire.records.map(({ name }) => name)),
        type: fc.constantFrom('A', 'CNAME'),
        answer: anyAnswer,
      }),
    ),
  }),
);
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  zone: fc.constant('present' as const),
  sets: fc.oneof(
    fc.tuple(anyMark, usable).map((sets) => sets.flat()),
    fc.tuple(anyMark, usable, fc.array(anySet, { maxLength: 2 })).map((sets) => sets.flat()),
    fc.array(anySet),
  ),
  change: fc.constantFrom('PENDING' as const, 'INSYNC' as const, 'unknown' as const),
  servers: anyServers,
});

/** How many targets the name can be answered with. */
function answering(name: string, type: string, sets: readonly RecordSet[]): number {
  return sets
    .filter((set) => keyOf(set.Name, set.Type) === keyOf(name, type))
    .filter((set) => set.Weight !== 0 && set.Failover !== 'SECONDARY')
    .reduce((sum, set) => sum + (set.AliasTarget === undefined ? (set.ResourceRecords?.length ?? 0) : 1), 0);
}

describe('whatever the zone holds', () => {
  it('check decides, and never throws', () => {
    fc.assert(fc.property(anyFacts, (seen) => void expect(check(goal, spec, seen).why).not.toBe('')));
  });

  it('every batch begins with the compare-and-swap of the epoch and leaves each name with a target', () => {
    fc.assert(
      fc.property(anyFacts, (seen) => {
        const decision = check(goal, spec, seen);
        fc.pre(decision.verdict === 'act' && seen.zone === 'present');
        const { action } = decision as Extract<typeof decision, { verdict: 'act' }>;
        const { sets } = seen as Present;
        const expected = sets.some(isMark) ? ['DELETE TXT', 'CREATE TXT'] : ['CREATE TXT'];
        const heads = action.changes.map(({ Action: verb, ResourceRecordSet: set }) => `${verb} ${set.Type}`);
        expect(heads.filter((head) => head.endsWith('TXT'))).toEqual(expected);
        expect(heads.slice(0, expected.length)).toEqual(expected);
        const after = applied(sets, action);
        for (const { name, type } of wire.records) expect(answering(name, type, after)).toBeGreaterThan(0);
        expect(check(goal, spec, { ...(seen as Present), sets: after }).verdict).not.toBe('act');
      }),
    );
  });

  it('the undo of a batch puts every record back as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom([], [oldMark], [ownMark]), usable, (marks, records) => {
        const sets = [...marks, ...records];
        const decision = check(goal, spec, facts(sets));
        fc.pre(decision.verdict === 'act');
        const { action } = decision as Extract<typeof decision, { verdict: 'act' }>;
        const back = undo(action, facts(sets)) as Action;
        const after = applied(applied(sets, action), back);
        expect(inOrder(after)).toEqual(inOrder(sets));
        expect(check(goal, spec, facts(after))).toMatchObject({ verdict: 'refuse', refusal: 'stale-epoch' });
      }),
    );
  });
});

describe('undo', () => {
  const before = facts([oldMark, ...atPrimary]);
  const wayThere = () => actionOf(spec, before);
  const wayBack = () => undo(wayThere(), before) as Action;

  it('is a batch under the same compare-and-swap, which marks that the run has gone back', () => {
    const back = wayBack();
    expect(back.type).toBe('point-back');
    expect(back.changes.slice(0, 2)).toEqual([
      remove(withoutDot(ownMark)),
      create(withoutDot(mark('epoch=7 run=run-7 back'))),
    ]);
  });

  it('goes back in the opposite order, and deletes both of a pair before it creates them', () => {
    expect(wayBack().changes.slice(2)).toEqual([
      remove(app('primary', 'SECONDARY')),
      remove(app('recovery', 'PRIMARY')),
      create(app('primary', 'PRIMARY')),
      create(app('recovery', 'SECONDARY')),
      upsert(api('primary', 10)),
      upsert(api('recovery', 0)),
      upsert(www('192.0.2.2', '192.0.2.1')),
    ]);
  });

  it('fails as a whole once a newer run has pointed the records', () => {
    const newer = applied([oldMark, ...atPrimary], wayThere()).map((set) =>
      isMark(set) ? mark('epoch=8 run=run-8') : set,
    );
    expect(() => applied(newer, wayBack())).toThrow();
  });

  it('is impossible when the records before were not seen', () => {
    const irreversible = 'how the records were before was not seen, so they can only be put back by hand';
    expect(undo(wayThere(), { zone: 'absent' })).toEqual({ irreversible });
    expect(undo(wayThere(), facts([]))).toEqual({ irreversible });
    expect(undo({ type: 'point', changes: [] }, before)).toEqual({ irreversible });
  });
});

describe('the plan is refused when', () => {
  const record = wire.records[0];
  const many = (count: number) => Array.from({ length: count }, (_, at) => `192.0.2.${at}`);
  it.each<[string, object]>([
    ['the zone id is none', { zoneId: 'shop.example.com' }],
    ['the epoch record does not begin with _understudy', { epochName: 'epoch.shop.example.com' }],
    ['there is no name server', { nameServers: [] }],
    ['a name server is none', { nameServers: ['ns 1'] }],
    [
      'there are more than 100 records',
      { records: Array.from({ length: 101 }, (_, at) => ({ ...record, name: `a${at}.example.com` })) },
    ],
    ['a record is named twice', { records: [record, { ...record, name: 'www.shop.example.com.' }] }],
    ['a wildcard is named', { records: [{ ...record, name: '*.shop.example.com' }] }],
    ['a record has the name of the epoch record', { records: [{ ...record, name: epochName }] }],
    ['an A record has no address', { records: [{ ...record, primary: { values: ['www.example.com'] } }] }],
    ['an A record has an IPv6 address', { records: [{ ...record, primary: { values: ['::1'] } }] }],
    [
      'a CNAME has two values',
      { records: [{ ...wire.records[1], primary: { values: ['a.example.com', 'b.example.com'] } }] },
    ],
    ['both places are the same', { records: [{ ...record, recovery: { values: ['192.0.2.2', '192.0.2.1'] } }] }],
    [
      'the values exceed one batch',
      {
        records: Array.from({ length: 6 }, (_, at) => ({
          ...record,
          name: `a${at}.example.com`,
          primary: { values: many(99) },
        })),
      },
    ],
  ])('%s', (_title, fields) => {
    expect(Spec.safeParse({ ...wire, ...fields }).success).toBe(false);
  });
});
