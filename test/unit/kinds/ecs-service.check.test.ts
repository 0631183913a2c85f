import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedFacts } from '../../../shared/domain/ports.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { type Action, check, type Facts, type Service, undo } from '../../../shared/kinds/ecs-service/check.ts';
import { ecsService } from '../../../shared/kinds/ecs-service/index.ts';
import { Spec } from '../../../shared/kinds/ecs-service/spec.ts';

const now = Date.UTC(2026, 0, 1, 12);
const places = {
  primary: { cluster: 'shop-ireland', service: 'web' },
  recovery: { cluster: 'shop-frankfurt', service: 'web-standby' },
};
const spec = Spec.parse(places);
const withMinimum = Spec.parse({ ...places, tasksMin: 3 });

const isolate: Goal = {
  phase: 'isolate',
  run: {
    id: 'run-1',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: now - 30_000,
    incidentAt: now - 60_000,
  },
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now,
  recorded: {},
  surveyed: {},
};
const recorded = (facts: unknown): RecordedFacts => ({ at: now - 45_000, facts });
const scale = (facts?: unknown): Goal => ({
  ...isolate,
  phase: 'scale',
  recorded: facts === undefined ? {} : { isolate: recorded(facts) },
});

const service = (counts: Partial<Service>): Service => ({
  status: 'ACTIVE',
  desired: 0,
  running: 0,
  pending: 0,
  events: [],
  ...counts,
});
const facts = (seen: Facts['service']): Facts => ({ service: seen });

describe('isolate stops the service in the Region being left', () => {
  const settled = { verdict: 'settled' };
  const soon = { verdict: 'wait', retryAfterSeconds: 1 };
  const stop = {
    verdict: 'act',
    action: { type: 'set-desired', at: 'from', cluster: 'shop-ireland', service: 'web', count: 0 },
  };

  it.each<[string, Facts['service'], object, readonly string[]]>([
    ['a Region that does not answer leaves the fence unconfirmed', 'unanswered', soon, ['not confirmed']],
    ['a service that does not exist runs nothing', 'absent', settled, []],
    ['a running service is stopped', service({ desired: 4, running: 3, pending: 1 }), stop, ['4 tasks']],
    ['a service that wants tasks is stopped before any runs', service({ desired: 2 }), stop, ['2 tasks', '0 run']],
    ['tasks that still run are waited for', service({ running: 2 }), soon, ['2 tasks']],
    ['tasks that still start are waited for', service({ pending: 1 }), soon, ['1 tasks']],
    ['without any task the fence stands', service({}), settled, []],
    ['a deleted service runs nothing', service({ status: 'INACTIVE', desired: 2 }), settled, []],
    ['one being deleted cannot be asked, and is done', service({ status: 'DRAINING', desired: 2 }), settled, []],
    [
      'one being deleted may still run tasks',
      service({ status: 'DRAINING', desired: 2, running: 2 }),
      soon,
      ['2 tasks'],
    ],
    ['a status that ECS may add is no fence', service({ status: 'PAUSED', desired: 2 }), stop, ['2 tasks']],
  ])('%s', (_title, seen, decision, words) => {
    const decided = check(isolate, spec, facts(seen));
    expect(decided).toMatchObject(decision);
    expect(['web in eu-west-1', ...words].filter((word) => !decided.why.includes(word))).toEqual([]);
  });

  it('nothing is asked of a service that the plan does not isolate', () => {
    const decided = check(isolate, { ...spec, isolate: false }, facts(service({ desired: 4, running: 4 })));
    expect(decided).toMatchObject({ verdict: 'settled', why: expect.stringContaining('plan') });
  });

  it('the direction of the run decides which service is stopped', () => {
    const back: Goal = { ...isolate, run: { ...isolate.run, from: isolate.run.to, to: isolate.run.from } };
    const decided = check(back, spec, facts(service({ desired: 1 })));
    expect(decided).toMatchObject({ action: { at: 'from', cluster: 'shop-frankfurt', service: 'web-standby' } });
    expect(decided.why).toContain('eu-central-1');
  });
});

describe('scale brings the service in the Region being activated to capacity', () => {
  const eight = { service: service({ desired: 8, running: 7 }) };
  const two = { service: service({ desired: 2, running: 2 }) };
  const settled = { verdict: 'settled' };
  const soon = { verdict: 'wait', retryAfterSeconds: 1 };
  const notFound = { verdict: 'refuse', refusal: 'service-not-found' };
  const capacityUnknown = { verdict: 'refuse', refusal: 'capacity-unknown' };
  const raise = (count: number) => ({
    verdict: 'act',
    action: { type: 'set-desired', at: 'to', cluster: 'shop-frankfurt', service: 'web-standby', count },
  });

  it.each<[string, Spec, Goal, Facts['service'], object, readonly string[]]>([
    ['a service that does not exist is refused', withMinimum, scale(eight), 'absent', notFound, []],
    ['a deleted service is refused', withMinimum, scale(), service({ status: 'INACTIVE' }), notFound, ['INACTIVE']],
    ['one being deleted is refused', withMinimum, scale(), service({ status: 'DRAINING' }), notFound, ['DRAINING']],
    ['a service that does not answer is waited for', withMinimum, scale(), 'unanswered', soon, []],
    [
      'without any number nothing can be decided',
      spec,
      scale(),
      service({ desired: 9, running: 9 }),
      capacityUnknown,
      [],
    ],
    ['the minimum is enough to know', withMinimum, scale(), service({}), raise(3), ['0 to 3', 'plan']],
    ['so is what was recorded', spec, scale(eight), service({ desired: 1 }), raise(8), ['1 to 8', '45 s ago']],
    [
      'the recorded count wins when it is larger',
      withMinimum,
      scale(eight),
      service({}),
      raise(8),
      ['eu-west-1', '45 s'],
    ],
    [
      'the minimum wins when it is larger',
      withMinimum,
      scale(two),
      service({}),
      raise(3),
      ['is 3', '2 desired', '45 s'],
    ],
    [
      'tasks that are missing are waited for',
      spec,
      scale(eight),
      service({ desired: 8, running: 5 }),
      soon,
      ['5 of 8'],
    ],
    [
      'and the reason ECS gives is quoted',
      spec,
      scale(eight),
      service({ desired: 8, running: 5, events: ['unable to place a task'] }),
      soon,
      ['5 of 8', 'ECS says: unable to place a task'],
    ],
    [
      'enough tasks settle it',
      spec,
      scale(eight),
      service({ desired: 8, running: 8 }),
      settled,
      ['8 of 8', '45 s ago'],
    ],
    ['what is larger is never scaled down', spec, scale(two), service({ desired: 9, running: 9 }), settled, ['9 of 2']],
    ['nor waited for beyond the need', spec, scale(two), service({ desired: 9, running: 2 }), settled, ['2 of 2']],
    ['tasks of a deployment do not raise the need', spec, scale(two), service({ desired: 2, running: 4 }), settled, []],
    ['nor do they stand in for a desired count', spec, scale(two), service({ desired: 1, running: 2 }), raise(2), []],
  ])('%s', (_title, given, goal, seen, decision, words) => {
    const decided = check(goal, given, facts(seen));
    expect(decided).toMatchObject(decision);
    expect(['eu-central-1', ...words].filter((word) => !decided.why.includes(word))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a count of zero', { service: service({ desired: 0, running: 0 }) }],
    ['a negative count', { service: service({ desired: -1 }) }],
    ['a fraction', { service: service({ desired: 1.5 }) }],
    ['a text', { service: { desired: '8' } }],
    ['a Region that did not answer', { service: 'unanswered' }],
    ['a service that was absent', { service: 'absent' }],
    ['nothing of the kind', null],
    ['another shape', [8]],
  ])('%s on record counts as unknown', (_title, recordedFacts) => {
    expect(check(scale(recordedFacts), spec, facts(service({})))).toMatchObject(capacityUnknown);
    expect(check(scale(recordedFacts), withMinimum, facts(service({})))).toMatchObject(raise(3));
  });

  it('what was recorded in another phase is not taken for the capacity', () => {
    const goal = { ...scale(), recorded: { scale: recorded(eight) } };
    expect(check(goal, spec, facts(service({})))).toMatchObject(capacityUnknown);
  });

  it('a record from a clock that runs ahead is not older than now', () => {
    const goal = { ...scale(), recorded: { isolate: { at: now + 5000, facts: eight } } };
    expect(check(goal, spec, facts(service({})))).toMatchObject({ why: expect.stringContaining('recorded 0 s ago') });
  });
});

describe('undo', () => {
  const stop: Action = { type: 'set-desired', at: 'from', ...places.primary, count: 0 };
  const raise: Action = { type: 'set-desired', at: 'to', ...places.recovery, count: 8 };

  it.each([
    ['gives the Region being left its tasks back', stop, 4],
    ['takes the Region being activated back to rest', raise, 1],
    ['also takes it back to nothing', raise, 0],
  ])('%s', (_title, action, desired) => {
    expect(undo(action, facts(service({ desired })))).toEqual({ ...action, count: desired });
  });

  it.each([
    ['unanswered', stop, 'web in the Region being left keeps a desired count of 0'],
    ['absent', raise, 'web-standby in the Region being activated keeps a desired count of 8'],
  ] as const)('says what remains when the service was %s before', (before, action, remains) => {
    expect(undo(action, facts(before))).toEqual({ irreversible: expect.stringContaining(remains) });
  });
});

const count = fc.oneof(fc.nat(20), fc.integer(), fc.double());
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  service: fc.oneof(
    fc.constantFrom('absent' as const, 'unanswered' as const),
    fc.record({
      status: fc.oneof(fc.constantFrom('ACTIVE', 'DRAINING', 'INACTIVE'), fc.string()),
      desired: count,
      running: count,
      pending: count,
      events: fc.array(fc.string()),
    }),
  ),
});
const anyRecord = fc.oneof(fc.anything(), anyFacts);
const anySpec = fc.constantFrom(spec, withMinimum, { ...spec, isolate: false });

describe('for whatever facts', () => {
  it('check decides with a reason and never throws', () => {
    fc.assert(
      fc.property(anyFacts, anyRecord, anySpec, fc.boolean(), (any, record, given, first) => {
        expect(
          check(first ? { ...isolate, recorded: { isolate: recorded(record) } } : scale(record), given, any).why,
        ).not.toBe('');
      }),
    );
  });

  it('isolate settles only when no task is desired or runs there, or none can', () => {
    const alive = (seen: Facts['service']) =>
      seen === 'unanswered' ||
      (typeof seen === 'object' && seen.status === 'ACTIVE' && seen.desired + seen.running > 0);
    const counts = fc.record({ desired: fc.nat(3), running: fc.nat(3), pending: fc.nat(3) });
    const seen = fc.oneof(counts.map(service), fc.constant('unanswered' as const));
    fc.assert(
      fc.property(seen, (any) => {
        fc.pre(alive(any));
        expect(check(isolate, spec, facts(any)).verdict).not.toBe('settled');
      }),
    );
  });

  it('scale only ever raises the count, to what is needed and no further', () => {
    const counts = fc.record({ desired: fc.nat(12), running: fc.nat(12), pending: fc.nat(12) }).map(service);
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 12 }), (seen, needed) => {
        const decided = check(scale({ service: service({ desired: needed }) }), withMinimum, facts(seen));
        const raised = decided.verdict === 'act' ? decided.action.count : undefined;
        expect(raised).toBe(seen.desired < Math.max(3, needed) ? Math.max(3, needed) : undefined);
      }),
    );
  });
});

describe('the spec', () => {
  it('isolates unless told otherwise and knows no minimum by itself', () => {
    expect(spec).toEqual({ ...places, isolate: true });
  });

  it.each<[string, object]>([
    ['a minimum of zero, which would be no capacity', { ...places, tasksMin: 0 }],
    ['a fraction of a task', { ...places, tasksMin: 1.5 }],
    ['a place left out', { primary: places.primary }],
    ['a misspelt field', { ...places, minTasks: 2 }],
  ])('rejects %s', (_title, value) => {
    expect(Spec.safeParse(value).success).toBe(false);
  });
});

describe('rest brings the service of the Region that is not in charge to its resting capacity', () => {
  const resting = Spec.parse({ ...places, tasksAtRest: 2 });
  const rest: Goal = { ...isolate, phase: 'rest', run: { ...isolate.run, purpose: 'reprotect' } };
  const set = (count: number) => ({
    verdict: 'act',
    action: { type: 'set-desired', at: 'to', ...places.recovery, count },
  });

  it.each<[string, Facts['service'], object]>([
    ['up from where a failover has left it', service({ desired: 0 }), set(2)],
    ['down from what has come back by itself', service({ desired: 9, running: 9 }), set(2)],
    [
      'waits until the surplus has ended',
      service({ desired: 2, running: 3 }),
      { verdict: 'wait', retryAfterSeconds: 1 },
    ],
    ['also what only starts', service({ desired: 2, running: 1, pending: 2 }), { verdict: 'wait' }],
    ['is settled once so many run', service({ desired: 2, running: 2 }), { verdict: 'settled' }],
    ['also while fewer do: they may find no database yet', service({ desired: 2, pending: 1 }), { verdict: 'settled' }],
    ['does not find it', 'absent', { verdict: 'refuse', refusal: 'service-not-found' }],
    ['finds it deleted', service({ status: 'INACTIVE' }), { verdict: 'refuse', refusal: 'service-not-found' }],
    ['gets no answer', 'unanswered', { verdict: 'wait', retryAfterSeconds: 1 }],
  ])('%s', (_title, seen, decision) => {
    expect(check(rest, resting, facts(seen))).toMatchObject(decision);
  });

  it('may be none at all', () => {
    const none = Spec.parse({ ...places, tasksAtRest: 0 });
    expect(check(rest, none, facts(service({ desired: 1 })))).toMatchObject(set(0));
    expect(check(rest, none, facts(service({})))).toMatchObject({ verdict: 'settled' });
  });

  it('is undone by the count before', () => {
    const action: Action = { type: 'set-desired', at: 'to', ...places.recovery, count: 2 };
    expect(undo(action, facts(service({ desired: 9 })))).toEqual({ ...action, count: 9 });
  });

  it('takes part only where the plan says what rest is', () => {
    const taking = (given: Spec) => ecsService.phases.filter((phase) => ecsService.takesPart?.(phase, given));
    expect(taking(spec)).toEqual(['isolate', 'scale']);
    expect(taking(resting)).toEqual(['rest', 'isolate', 'scale']);
  });
});
