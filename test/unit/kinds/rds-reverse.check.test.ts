import { describe, expect, it } from 'vitest';
import type { Purpose } from '../../../shared/domain/run.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import {
  check,
  mustNotUndo,
  type ReverseAction,
  type ReverseFacts,
  type Standby,
  undo,
  type Writer,
} from '../../../shared/kinds/rds-read-replica/check.ts';
import { keptName } from '../../../shared/kinds/rds-read-replica/names.ts';
import { Settings } from '../../../shared/kinds/rds-read-replica/settings.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const instances = { primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-2' } };
const spec = Spec.parse(instances);
const goalOf = (purpose: Purpose = 'reprotect', more: Partial<Goal> = {}): Goal => ({
  phase: 'reverse',
  run: sampleRun({ purpose, from: recovery, to: primary, epoch: 5 }),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
  ...more,
});

const writerArn = 'arn:aws:rds:eu-central-1:123456789012:db:orders-db-2';
const writer: Writer = {
  arn: writerArn,
  status: 'available',
  engine: 'postgres',
  backupRetentionDays: 1,
  isReplica: false,
  isEncrypted: false,
};
const settings = Settings.parse({
  instanceClass: 'db.r8g.large',
  parameterGroup: 'orders-18',
  subnetGroup: 'orders',
  securityGroups: ['sg-1'],
  kmsKeyId: 'key-ireland',
  isMultiAz: true,
  tags: { owner: 'shop' },
});
const old: Standby = {
  status: 'available',
  backupRetentionDays: 7,
  engine: 'postgres',
  engineVersion: '18.4',
  replication: 'none',
  resourceId: 'db-1',
  settings,
};
const replica: Standby = { ...old, sourceArn: writerArn, replication: 'replicating', resourceId: 'db-2' };
const kept = 'orders-db-understudy-e5';
const snapshot = { status: 'available', resourceId: 'db-1' };
const facts = (changes: Partial<ReverseFacts> = {}): ReverseFacts => ({
  standby: old,
  writer,
  snapshot: 'absent',
  ...changes,
});
const surveyed = (standby: Standby) => ({ surveyed: { reverse: { at: 0, facts: facts({ standby }) } } });

const wait = { verdict: 'wait', retryAfterSeconds: 1 };
const refused = (refusal: string) => ({ verdict: 'refuse', refusal });
const act = (action: ReverseAction) => ({ verdict: 'act', action });
const build = act({ type: 'create-replica', instance: 'orders-db', sourceArn: writerArn, settings });

describe('quotas', () => {
  const instancesFull = { name: 'DBInstances', used: 40, max: 40 } as const;
  const snapshotsFull = { name: 'ManualSnapshots', used: 100, max: 100 } as const;

  it.each<[string, Partial<ReverseFacts>, string]>([
    ['one instance more does not fit beside the old primary', { quotas: [instancesFull] }, '40 of the 40 DB instances'],
    ['or where nothing is', { standby: 'absent', quotas: [instancesFull] }, '40 of the 40 DB instances'],
    ['its snapshot does not fit', { quotas: [snapshotsFull] }, '100 of the 100 manual DB snapshots'],
  ])('refuse the repair when %s, with the numbers and what to do', (_title, changes, says) => {
    const decided = check(goalOf('failback', surveyed(old)), spec, facts(changes));
    expect(decided).toMatchObject(refused('not-replicable'));
    expect(decided.why).toContain(`${says} that it may have in eu-west-1`);
    expect(decided.why).toContain('service-quotas');
  });

  it.each<[string, Partial<ReverseFacts>]>([
    ['what is full is not needed', { quotas: [{ name: 'ReservedDBInstances', used: 40, max: 40 }] }],
    ['the last place is free', { quotas: [{ ...instancesFull, used: 39 }] }],
    ['RDS does not tell', {}],
    ['the snapshot was taken already', { quotas: [snapshotsFull], snapshot }],
    ['nothing is there to be kept', { standby: 'absent', quotas: [snapshotsFull] }],
    ['a replica is there already', { standby: replica, quotas: [instancesFull, snapshotsFull] }],
  ])('do not when %s', (_title, changes) => {
    expect(check(goalOf('failback', surveyed(old)), spec, facts(changes)).verdict).not.toBe('refuse');
  });
});

describe('the chain, link by link', () => {
  it.each<[string, ReverseFacts, object]>([
    [
      'the old primary is kept by a snapshot first',
      facts(),
      act({ type: 'create-snapshot', instance: 'orders-db', snapshot: kept }),
    ],
    ['which is waited for', facts({ snapshot: { ...snapshot, status: 'creating' } }), wait],
    ['also while the instance is busy with it', facts({ standby: { ...old, status: 'backing-up' } }), wait],
    ['then its name is freed', facts({ snapshot }), act({ type: 'retire', instance: 'orders-db', newName: kept })],
    ['which takes a while', facts({ snapshot, standby: { ...old, status: 'renaming' } }), wait],
    ['a replica that is being built is waited for', facts({ standby: { ...replica, status: 'creating' } }), wait],
    ['also before it shows that it replicates', facts({ standby: { ...replica, replication: 'none' } }), wait],
    ['a healthy one is what is wanted', facts({ standby: replica }), { verdict: 'settled' }],
    ['what is being deleted keeps its name', facts({ standby: { ...replica, status: 'deleting' } }), wait],
    ['also the old primary', facts({ standby: { ...old, status: 'deleting' }, snapshot }), wait],
    ['a writer that does not answer is waited for', facts({ writer: 'unanswered' }), wait],
  ])('%s', (_title, seen, decision) => {
    expect(check(goalOf(), spec, seen)).toMatchObject(decision);
  });

  it.each<[string, Partial<Goal>, ReverseFacts['standby']]>([
    ['as the survey saw its predecessor', surveyed(old), 'absent'],
    ['as the last evaluation did', { recorded: surveyed(old).surveyed }, 'absent'],
    ['rather the survey', { ...surveyed(old), recorded: { reverse: { at: 0, facts: 'garbage' } } }, 'absent'],
  ])('where nothing is, a replica is built %s', (_title, more, standby) => {
    expect(check(goalOf('failback', more), spec, facts({ standby, snapshot }))).toEqual({
      ...build,
      why: expect.any(String),
    });
  });

  it('or as the plan says, where nothing is known', () => {
    const built = { subnetGroup: 'orders', securityGroups: ['sg-9'], kmsKeyId: 'key', isMultiAz: true };
    const planned = Spec.parse({ ...instances, primary: { instance: 'orders-db', replica: built } });
    const decided = check(goalOf(), planned, facts({ standby: 'absent' }));
    expect(decided).toMatchObject({ action: { settings: { ...built, tags: {}, isProtected: false } } });
  });

  it('the plan fills in what the predecessor did not have, and no more', () => {
    const built = { subnetGroup: 'other', securityGroups: ['sg-9'], kmsKeyId: 'key' };
    const planned = Spec.parse({ ...instances, primary: { instance: 'orders-db', replica: built } });
    const { kmsKeyId: _key, ...unencrypted } = settings;
    const goal = goalOf('reprotect', surveyed({ ...old, settings: unencrypted }));
    const decided = check(goal, planned, facts({ standby: 'absent' }));
    expect(decided).toMatchObject({ action: { settings: { subnetGroup: 'orders', kmsKeyId: 'key' } } });
  });

  it.each([true, false])(
    'a key of that Region is all that an encrypted writer needs (encrypted: %s)',
    (isEncrypted) => {
      const seen = facts({ standby: 'absent', writer: { ...writer, isEncrypted } });
      expect(check(goalOf('reprotect', surveyed(old)), spec, seen)).toMatchObject(build);
    },
  );

  it('a writer that is not encrypted needs no key', () => {
    const { kmsKeyId: _key, ...unencrypted } = settings;
    const seen = facts({ standby: 'absent', snapshot });
    const goal = goalOf('reprotect', surveyed({ ...old, settings: unencrypted }));
    expect(check(goal, spec, seen)).toMatchObject({ action: { type: 'create-replica' } });
  });

  it('waits for a writer that is busy before it builds', () => {
    const busy = facts({ standby: 'absent', writer: { ...writer, status: 'backing-up' } });
    expect(check(goalOf('reprotect', surveyed(old)), spec, busy)).toMatchObject(wait);
  });

  it('protects the replica against deletion last, if its predecessor was protected', () => {
    const was = surveyed({ ...old, settings: { ...settings, isProtected: true } });
    const protect = act({ type: 'protect', instance: 'orders-db', sourceArn: writerArn });
    expect(check(goalOf('reprotect', was), spec, facts({ standby: replica }))).toMatchObject(protect);
    const done = { ...replica, settings: { ...settings, isProtected: true } };
    expect(check(goalOf('reprotect', was), spec, facts({ standby: done }))).toMatchObject({ verdict: 'settled' });
    expect(check(goalOf('reprotect', surveyed(old)), spec, facts({ standby: replica }))).toMatchObject({
      verdict: 'settled',
    });
  });
});

describe('it refuses', () => {
  const broken = refused('replica-broken');
  const notReplicable = refused('not-replicable');
  it.each<[string, ReverseFacts, object, string]>([
    ['a replica of something else', facts({ standby: { ...replica, sourceArn: 'arn:other' } }), broken, 'arn:other'],
    ['one whose replication is in error', facts({ standby: { ...replica, replication: 'error' } }), broken, 'error'],
    ['one that was stopped', facts({ standby: { ...replica, replication: 'stopped' } }), broken, 'stopped'],
    ['one that is stuck', facts({ standby: { ...replica, status: 'storage-full' } }), broken, 'enlarge'],
    ['an old primary that is stuck', facts({ standby: { ...old, status: 'stopped' } }), broken, 'start it'],
    ['a snapshot that failed', facts({ snapshot: { ...snapshot, status: 'failed' } }), broken, 'delete it'],
    [
      'a snapshot of something else under that name',
      facts({ snapshot: { ...snapshot, resourceId: 'db-9' } }),
      broken,
      'is not one of',
    ],
    ['a writer that does not exist', facts({ writer: 'absent' }), notReplicable, 'does not exist'],
    [
      'a writer without backups',
      facts({ writer: { ...writer, backupRetentionDays: 0 } }),
      notReplicable,
      'backups are off',
    ],
    ['a writer that replicates', facts({ writer: { ...writer, isReplica: true } }), notReplicable, 'a replica itself'],
    ['a writer of Aurora', facts({ writer: { ...writer, engine: 'aurora-postgresql' } }), notReplicable, 'Aurora'],
    [
      'an encrypted writer without a key',
      facts({ standby: { ...old, settings: Settings.parse({}) }, writer: { ...writer, isEncrypted: true } }),
      notReplicable,
      'primary.replica.kmsKeyId',
    ],
    ['to build what nobody knows how to build', facts({ standby: 'absent' }), notReplicable, 'primary.replica'],
  ])('%s', (_title, seen, decision, word) => {
    const decided = check(goalOf(), spec, seen);
    expect(decided).toMatchObject(decision);
    expect(decided.why).toContain(word);
  });

  it.each<[string, ReverseFacts['standby'], string]>([
    ['stands alone', old, 'is no replica of'],
    ['does not exist', 'absent', 'does not exist'],
  ])('in a switchover what %s: it repairs nothing, and names what does', (_title, standby, word) => {
    const decided = check(goalOf('switchover', surveyed(old)), spec, facts({ standby, snapshot }));
    expect(decided).toMatchObject(broken);
    expect(decided.why).toContain(word);
    expect(decided.why).toContain('start a reprotect');
    expect(check(goalOf('switchover'), spec, facts({ standby: replica }))).toMatchObject({ verdict: 'settled' });
  });
});

describe('undo', () => {
  it.each<[ReverseAction, object]>([
    [
      { type: 'retire', instance: 'orders-db', newName: kept },
      { type: 'bring-back', instance: kept, newName: 'orders-db' },
    ],
    [
      { type: 'bring-back', instance: kept, newName: 'orders-db' },
      { type: 'retire', instance: 'orders-db', newName: kept },
    ],
    [
      { type: 'create-replica', instance: 'orders-db', sourceArn: writerArn, settings },
      { type: 'delete-replica', instance: 'orders-db', sourceArn: writerArn },
    ],
    [
      { type: 'delete-replica', instance: 'orders-db', sourceArn: writerArn },
      { irreversible: expect.stringContaining('an undo itself') },
    ],
    [
      { type: 'protect', instance: 'orders-db', sourceArn: writerArn },
      { type: 'unprotect', instance: 'orders-db', sourceArn: writerArn },
    ],
    [
      { type: 'create-snapshot', instance: 'orders-db', snapshot: kept },
      { irreversible: expect.stringContaining(`${kept} of orders-db stays`) },
    ],
  ])('of $type', (action, wanted) => {
    expect(undo(action, facts())).toEqual(wanted);
  });

  const remove = { type: 'delete-replica', instance: 'orders-db', sourceArn: writerArn } as const;
  it.each<[string, ReverseFacts | undefined, string | undefined]>([
    ['what is seen to replicate that writer', facts({ standby: replica }), undefined],
    ['what is not there any more', facts({ standby: 'absent' }), undefined],
    ['not what stands alone', facts(), 'no replica of'],
    ['not a replica of another', facts({ standby: { ...replica, sourceArn: 'arn:other' } }), 'no replica of'],
    ['not what cannot be seen', undefined, 'cannot be seen'],
    ['not what may be the only copy', facts({ standby: replica, writer: 'unanswered' }), 'may be the only copy'],
    [
      'nor while its writer is not seen to serve',
      facts({ standby: replica, writer: { ...writer, status: 'failed' } }),
      'may be the only copy',
    ],
  ])('deletes %s', (_title, seen, obstacle) => {
    for (const one of [remove, { ...remove, type: 'unprotect' } as const]) {
      expect(mustNotUndo(one, seen)).toEqual(obstacle === undefined ? undefined : expect.stringContaining(obstacle));
    }
  });

  it('brings a name back whatever is seen: that destroys nothing', () => {
    expect(mustNotUndo({ type: 'bring-back', instance: kept, newName: 'orders-db' }, undefined)).toBeUndefined();
  });
});

describe('the name of what is kept', () => {
  it.each([
    ['orders-db', 5, 'orders-db-understudy-e5'],
    [`${'a'.repeat(39)}-b-long`, 1234567890, `${'a'.repeat(39)}-understudy-e1234567890`],
    ['a'.repeat(63), 1234567890, `${'a'.repeat(40)}-understudy-e1234567890`],
  ])('%s in epoch %i', (instance, epoch, name) => {
    expect(keptName(instance, epoch)).toBe(name);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(name).not.toContain('--');
  });
});
