import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import {
  check,
  estimateLoss,
  type Facts,
  type Instance,
  type Sample,
  undo,
} from '../../../shared/kinds/rds-read-replica/check.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';

const incidentAt = Date.UTC(2026, 0, 1, 12);
const spec = Spec.parse({ primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-replica' } });

const goal: Goal = {
  phase: 'promote',
  run: {
    id: 'run-1',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: incidentAt + 60_000,
    incidentAt,
  },
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: incidentAt + 90_000,
  recorded: {},
  surveyed: {},
};

const replica: Instance = {
  status: 'available',
  sourceArn: 'arn:aws:rds:eu-west-1:123456789012:db:orders-db',
  backupRetentionDays: 7,
  engine: 'postgres',
  engineVersion: '18.4',
  replication: 'replicating',
};
const { sourceArn: _sourceArn, ...standalone } = replica;

/** A sample so many seconds after the incident; negative: before it. */
const sample = (afterSeconds: number, value: number): Sample => ({ at: incidentAt + afterSeconds * 1000, value });
const healthy = [sample(-20, 3), sample(-80, 2)];
const facts = (instance: Facts['instance'], lagSamples: Facts['lagSamples'] = healthy): Facts => ({
  instance,
  lagSamples,
  heartbeatAges: [],
  writeRates: [],
});
const promote = { verdict: 'act', action: { type: 'promote', instance: 'orders-db-replica' } };

const recordedAs = (instance: unknown): Goal => ({
  ...goal,
  recorded: { promote: { at: incidentAt - 60_000, facts: { instance, lagSamples: [] } } },
});

const planned: Goal = { ...goal, run: { ...goal.run, purpose: 'failback' } };

describe('an instance without a source', () => {
  it.each<[string, Goal, Instance, object]>([
    ['is what was wanted when it was a replica before', recordedAs(replica), standalone, { verdict: 'settled' }],
    [
      'is what was wanted too while its storage is optimised',
      recordedAs(replica),
      { ...standalone, status: 'storage-optimization' },
      { verdict: 'settled' },
    ],
    [
      'is refused when it stood alone before',
      recordedAs(standalone),
      standalone,
      { verdict: 'refuse', refusal: 'replica-unusable' },
    ],
    [
      'is refused when it did not exist before',
      recordedAs('absent'),
      standalone,
      { verdict: 'refuse', refusal: 'replica-unusable' },
    ],
  ])('%s', (_title, wanted, instance, decision) => {
    expect(check(wanted, spec, facts(instance))).toMatchObject(decision);
  });
});

describe('the state of the instance decides first', () => {
  it.each<[string, Facts['instance'], object]>([
    ['an instance that does not exist is refused', 'absent', { verdict: 'refuse', refusal: 'replica-not-found' }],
    ['an available replica is promoted', replica, promote],
    [
      'storage optimisation may last a day, so it is not waited for',
      { ...replica, status: 'storage-optimization' },
      promote,
    ],
    [
      'an instance that nobody has seen replicate is refused: its data may be old',
      standalone,
      { verdict: 'refuse', refusal: 'replica-unusable' },
    ],
    ['a broken stream is no obstacle: the source is dead', { ...replica, replication: 'error' }, promote],
  ])('%s', (_title, instance, decision) => {
    const decided = check(goal, spec, facts(instance));
    expect(decided).toMatchObject(decision);
    expect(decided.why).toContain('orders-db-replica in eu-central-1');
  });

  it.each([
    'backing-up',
    'configuring-enhanced-monitoring',
    'configuring-iam-database-auth',
    'configuring-log-exports',
    'converting-to-vpc',
    'creating',
    'maintenance',
    'modifying',
    'moving-to-vpc',
    'rebooting',
    'renaming',
    'resetting-master-credentials',
    'starting',
    'upgrading',
    'a-status-that-rds-may-add',
  ])('%s passes, so it is waited for, with a source and without', (status) => {
    const before = check(goal, spec, facts({ ...replica, status }));
    const after = check(goal, spec, facts({ ...standalone, status }));
    expect(before).toMatchObject({ verdict: 'wait', retryAfterSeconds: 1, why: expect.stringContaining(status) });
    expect(after).toMatchObject({ verdict: 'wait', retryAfterSeconds: 1, why: expect.stringContaining(status) });
  });

  it.each([
    'delete-precheck',
    'deleting',
    'failed',
    'inaccessible-encryption-credentials',
    'inaccessible-encryption-credentials-recoverable',
    'incompatible-network',
    'incompatible-option-group',
    'incompatible-parameters',
    'incompatible-restore',
    'insufficient-capacity',
    'restore-error',
    'stopped',
    'stopping',
    'storage-full',
  ])('%s does not pass, so it is refused, with a source and without', (status) => {
    const refused = { verdict: 'refuse', refusal: 'replica-unusable', why: expect.stringContaining(`${status}: `) };
    expect(check(goal, spec, facts({ ...replica, status }))).toMatchObject(refused);
    expect(check(goal, spec, facts({ ...standalone, status }))).toMatchObject(refused);
  });
});

describe('the lag that the incident found bounds the loss', () => {
  const unknown = { verdict: 'wait', needs: 'accept-data-loss', why: expect.stringContaining('an unknown amount') };
  const above = { verdict: 'wait', needs: 'accept-data-loss' };

  it.each<[string, Facts['lagSamples'], object, readonly string[]]>([
    ['no lag at all is within the RPO', [sample(-5, 0)], promote, ['0 s', '5 s before']],
    ['a lag equal to the RPO is allowed', [sample(-5, 30)], promote, ['30 s']],
    ['a lag just above the RPO needs a person', [sample(-5, 30.001)], above, ['30.001 s', 'RPO of 30 s']],
    ['a sample of the very moment of the incident counts', [sample(0, 4)], promote, ['4 s', '0 s before']],
    ['a sample as old as is allowed counts', [sample(-300, 4)], promote, ['300 s before']],
    ['a sample older than that does not', [sample(-300.001, 4)], unknown, ['300 s']],
    ['the newest sample counts when it is worse', [sample(-10, 40), sample(-70, 1)], above, ['40 s', '10 s before']],
    ['the newest sample counts when it is better', [sample(-70, 40), sample(-10, 1)], promote, ['1 s', '10 s before']],
    [
      'lag that grew only after the incident is not loss',
      [sample(60, 62), ...healthy],
      promote,
      ['3 s', '20 s before'],
    ],
    ['a good value from after the incident does not help', [sample(1, 0), sample(-20, 99)], above, ['99 s']],
    ['samples from after the incident alone tell nothing', [sample(1, 0), sample(61, 60)], unknown, ['300 s']],
    ['no sample at all tells nothing', [], unknown, ['300 s']],
    ['CloudWatch that did not answer tells nothing', 'unknown', unknown, []],
    ['inactive replication bounds nothing', [sample(-20, -1)], unknown, ['20 s before']],
    ['an older sample does not stand in for it', [sample(-20, -1), sample(-80, 2)], unknown, ['20 s before']],
    ['a value that is no number bounds nothing', [sample(-20, Number.NaN)], unknown, ['20 s before']],
  ])('%s', (_title, lagSamples, decision, numbers) => {
    const decided = check(goal, spec, facts(replica, lagSamples));
    expect(decided).toMatchObject(decision);
    expect(numbers.filter((number) => !decided.why.includes(number))).toEqual([]);
  });

  it('an RPO of zero allows only a lag of zero', () => {
    const strict = { ...goal, objectives: { ...goal.objectives, rpoSeconds: 0 } };
    expect(check(strict, spec, facts(replica, [sample(-5, 0)]))).toMatchObject(promote);
    expect(check(strict, spec, facts(replica, [sample(-5, 0.1)]))).toMatchObject(above);
  });

  it('lag is not asked of an instance that was promoted already', () => {
    expect(check(recordedAs(replica), spec, facts(standalone, 'unknown'))).toMatchObject({ verdict: 'settled' });
  });
});

describe('what people have accepted', () => {
  const lagging = facts(replica, [sample(-5, 45)]);

  it.each<[string, Goal['acceptedLoss'], Facts, object]>([
    ['the loss that was shown', 45, lagging, promote],
    ['a larger one', 60, lagging, promote],
    ['whatever it may be', 'unknown', facts(replica, []), promote],
    ['less than what would be lost', 44.9, lagging, { verdict: 'wait', needs: 'accept-data-loss' }],
    ['a number, when nobody can tell', 3600, facts(replica, []), { verdict: 'wait', needs: 'accept-data-loss' }],
  ])('%s', (_title, acceptedLoss, any, decision) => {
    expect(check({ ...goal, ...(acceptedLoss === undefined ? {} : { acceptedLoss }) }, spec, any)).toMatchObject(
      decision,
    );
  });
});

describe('the estimate of the loss', () => {
  const measured = (changes: Partial<Facts>): Facts => ({ ...facts(replica, [sample(-20, 3)]), ...changes });

  it.each<[string, Facts, object]>([
    ['is the lag that RDS measured', measured({}), { seconds: 3 }],
    ['is the age of the heartbeat when that is worse', measured({ heartbeatAges: [sample(-1, 8)] }), { seconds: 8 }],
    ['is the lag when the heartbeat is better', measured({ heartbeatAges: [sample(-1, 0.5)] }), { seconds: 3 }],
    [
      'is the age of the heartbeat when RDS tells nothing',
      measured({ lagSamples: 'unknown', heartbeatAges: [sample(-1, 0.5)] }),
      { seconds: 0.5 },
    ],
    [
      'is unknown when replication was stopped after the last heartbeat',
      measured({ lagSamples: [sample(-1, -1)], heartbeatAges: [sample(-2, 0.5)] }),
      { seconds: 'unknown' },
    ],
    [
      'is the age of the heartbeat that was measured when replication had been stopped, or since',
      measured({ lagSamples: [sample(-2, -1)], heartbeatAges: [sample(-2, 8)] }),
      { seconds: 8 },
    ],
    [
      'is unknown when the only heartbeat is from after the incident',
      measured({ lagSamples: [], heartbeatAges: [sample(1, 0.5)] }),
      { seconds: 'unknown' },
    ],
    [
      'counts the writes where their rate is known',
      measured({ writeRates: [sample(-1, 200)] }),
      { seconds: 3, rows: 600 },
    ],
    ['knows no writes from after the incident', measured({ writeRates: [sample(1, 9)] }), { seconds: 3 }],
  ])('%s', (_title, any, loss) => {
    const { why: _why, ...estimated } = estimateLoss(goal, spec, any) ?? {};
    expect(estimated).toEqual(loss);
  });

  it('is not nothing for an instance that is not there', () => {
    expect(estimateLoss(goal, spec, facts('absent'))).toHaveProperty('seconds');
  });

  it('is nothing for an instance that was promoted already', () => {
    expect(estimateLoss(goal, spec, facts(standalone))).toBeUndefined();
  });
});

describe('the direction of the run', () => {
  it('decides which instance is promoted', () => {
    const back: Goal = { ...goal, run: { ...goal.run, from: goal.run.to, to: goal.run.from } };
    const decided = check(back, spec, facts(replica));
    expect(decided).toMatchObject({ verdict: 'act', action: { type: 'promote', instance: 'orders-db' } });
    expect(decided.why).toContain('orders-db in eu-west-1');
  });
});

describe('undo', () => {
  it('says that a promotion is final and names the way back', () => {
    const undone = undo({ type: 'promote', instance: 'orders-db-replica' }, facts(replica));
    expect(undone).toEqual({ irreversible: expect.stringMatching(/orders-db-replica .* failback/) });
  });

  it('of what has started a source stops it, and the other way round', () => {
    const [start, stop] = (['start-source', 'stop-source'] as const).map((type) => ({ type, instance: 'orders-db' }));
    expect(undo({ type: 'start-source', instance: 'orders-db' }, facts(replica))).toEqual(stop);
    expect(undo({ type: 'stop-source', instance: 'orders-db' }, facts(replica))).toEqual(start);
  });
});

const anyInstance = fc.record(
  {
    status: fc.oneof(
      fc.constantFrom('available', 'storage-optimization', 'backing-up', 'failed', '__proto__', 'constructor'),
      fc.string(),
    ),
    sourceArn: fc.string(),
    backupRetentionDays: fc.nat(),
    engine: fc.string(),
    engineVersion: fc.string(),
    replication: fc.constantFrom('replicating', 'stopped', 'error', 'none'),
    address: fc.string(),
    port: fc.nat(),
  },
  { requiredKeys: ['status', 'backupRetentionDays', 'engine', 'engineVersion', 'replication'] },
);
const anySample = fc.record({
  at: fc.oneof(fc.integer({ min: -400_000, max: 400_000 }), fc.constantFrom(0, -300_000)).map((ms) => incidentAt + ms),
  value: fc.oneof(fc.double(), fc.integer({ min: -1, max: 60 })),
});
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  instance: fc.oneof(fc.constant('absent' as const), anyInstance, fc.constant(replica)),
  lagSamples: fc.oneof(fc.constant('unknown' as const), fc.array(anySample)),
  heartbeatAges: fc.array(anySample, { maxLength: 3 }),
  writeRates: fc.array(anySample, { maxLength: 3 }),
});

describe('for whatever facts', () => {
  it('check decides with a reason and never throws', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        expect(check(goal, spec, any).why).not.toBe('');
      }),
    );
  });

  it('nothing is promoted without a sample from the window before the incident that is within the RPO', () => {
    const good = ({ at, value }: Sample) => at <= incidentAt && at >= incidentAt - 300_000 && value >= 0 && value <= 30;
    fc.assert(
      fc.property(anyFacts, (any) => {
        const samples = [...(any.lagSamples === 'unknown' ? [] : any.lagSamples), ...any.heartbeatAges];
        fc.pre(!samples.some(good));
        expect(check(goal, spec, any).verdict).not.toBe('act');
      }),
    );
  });

  it('any later sample above the RPO before the incident forbids the promotion', () => {
    const lag = fc.oneof(fc.double({ min: 30, minExcluded: true, noNaN: true }), fc.constantFrom(-1, Number.NaN));
    fc.assert(
      fc.property(fc.array(anySample), lag, (samples, value) => {
        const earlier = samples.filter(({ at }) => at !== incidentAt);
        const any = facts(replica, [...earlier, { at: incidentAt, value }]);
        expect(check(goal, spec, any)).toMatchObject({ verdict: 'wait', needs: 'accept-data-loss' });
      }),
    );
  });
});

describe('the spec', () => {
  const minimal = { primary: { instance: 'a' }, recovery: { instance: 'b' } };

  it('has defaults that suit what RDS publishes', () => {
    expect(Spec.parse(minimal)).toEqual({ ...minimal, stopSource: false, lagAgeSecondsMax: 300, lagPeriodSeconds: 60 });
  });

  it.each<[string, object]>([
    ['a period that CloudWatch does not know', { ...minimal, lagPeriodSeconds: 45 }],
    ['an identifier in upper case, which CloudWatch would not find', { ...minimal, recovery: { instance: 'B' } }],
    ['a place left out', { primary: minimal.primary }],
    ['a misspelt field', { ...minimal, lagAgeMax: 5 }],
  ])('rejects %s', (_title, value) => {
    expect(Spec.safeParse(value).success).toBe(false);
  });
});

describe('what stands alone in the Region to activate', () => {
  const alone = facts(standalone);
  const reign = (inChargeSince: number | undefined): Goal => {
    const known = recordedAs(replica);
    return { ...known, run: { ...known.run, inChargeSince } };
  };
  const recordedAt = incidentAt - 60_000;
  const refused = { verdict: 'refuse', refusal: 'replica-unusable' };

  it.each<[string, Goal, object]>([
    ['is settled if it replicated since the Region to leave took charge', reign(recordedAt), { verdict: 'settled' }],
    ['is settled if that Region has been in charge from the beginning', reign(undefined), { verdict: 'settled' }],
    [
      'is refused if it replicated only before: the old primary that nobody has rebuilt, after there and back',
      reign(recordedAt + 1),
      refused,
    ],
    [
      'is refused in a planned run that has not promoted it, whoever did: no final sync came before',
      { ...planned, recorded: recordedAs(replica).recorded },
      refused,
    ],
    ['is settled in a planned run that has', { ...planned, intended: ['promote'] }, { verdict: 'settled' }],
    ['is settled if this run has promoted it', { ...goal, intended: ['promote'] }, { verdict: 'settled' }],
    [
      'is settled if this run has promoted it, whatever was seen of it before it was rebuilt',
      { ...recordedAs(standalone), surveyed: recordedAs(standalone).recorded, intended: ['promote'] },
      { verdict: 'settled' },
    ],
    ['is refused if this run has done other things to it', { ...goal, intended: ['stop-source'] }, refused],
    [
      'is not taken for promoted because a final sync came before',
      { ...planned, synced: { why: 'all up to 0/5', at: incidentAt } },
      refused,
    ],
  ])('%s', (_title, wanted, decision) => {
    expect(check(wanted, spec, alone)).toMatchObject(decision);
  });

  it('says since when it is no proof', () => {
    expect(check(reign(recordedAt + 1), spec, alone).why).toMatch(
      /no longer replicates arn.* since before eu-west-1 came into charge.*reprotect/,
    );
  });
});

describe('a planned run', () => {
  const synced = { why: 'orders-data: all up to 0/5A3F is there', at: incidentAt };

  it.each<[string, Facts]>([
    ['whatever the lag was', facts(replica, [sample(-20, 9999)])],
    ['without any lag', facts(replica, [])],
  ])('promotes what a final sync has proven to be complete, %s', (_title, seen) => {
    const decided = check({ ...planned, synced }, spec, seen);
    expect(decided).toMatchObject(promote);
    expect(decided.why).toContain('nothing is lost, orders-data: all up to 0/5A3F is there');
  });

  it('promotes nothing without that proof, however small the lag', () => {
    expect(check(planned, spec, facts(replica, [sample(-20, 0)]))).toMatchObject({
      verdict: 'refuse',
      refusal: 'not-synced',
    });
    expect(check({ ...planned, acceptedLoss: 'unknown' }, spec, facts(replica))).toMatchObject({ verdict: 'refuse' });
  });

  it('waits for a replica that is busy, as every run does', () => {
    const busy = facts({ ...replica, status: 'backing-up' });
    expect(check({ ...planned, synced }, spec, busy)).toMatchObject({ verdict: 'wait' });
  });

  it('loses nothing once that is proven, and an unknown amount before', () => {
    expect(estimateLoss({ ...planned, synced }, spec, facts(replica))).toEqual({ seconds: 0, why: synced.why });
    expect(estimateLoss(planned, spec, facts(replica))).toMatchObject({ seconds: 'unknown' });
  });

  it('a final sync is no excuse in a failover', () => {
    const late = facts(replica, [sample(-20, 9999)]);
    expect(check({ ...goal, synced }, spec, late)).toMatchObject({ verdict: 'wait', needs: 'accept-data-loss' });
  });
});
