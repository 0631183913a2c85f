import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import {
  type Action,
  check,
  type EventSource,
  type Facts,
  type Seen,
  undo,
} from '../../../shared/kinds/event-source/check.ts';
import { arns, Spec } from '../../../shared/kinds/event-source/spec.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const spec = Spec.parse({ primary: { rule: 'orders' }, recovery: { rule: 'orders', bus: 'shop' } });
const goal = (changes: Partial<Goal> = {}): Goal => ({
  phase: 'isolate',
  run: sampleRun(),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
  ...changes,
});
const planned = sampleRun({ purpose: 'failback', from: recovery, to: primary });

const on: EventSource = { state: 'on', word: 'ENABLED' };
const off: EventSource = { state: 'off', word: 'DISABLED' };
const turningOn: EventSource = { state: 'turning-on', word: 'Enabling' };
const turningOff: EventSource = { state: 'turning-off', word: 'Disabling' };
const changing: EventSource = { state: 'changing', word: 'Updating' };
const deleted: EventSource = { state: 'being-deleted', word: 'Deleting' };
const managed = { unusable: 'is managed by another service' };

const soon = { verdict: 'wait', retryAfterSeconds: 1 };
const settled = { verdict: 'settled' };
const unusable = { verdict: 'refuse', refusal: 'event-source-unusable' };
const asked = (type: Action['type'], at: Action['at']) => ({ verdict: 'act', action: { type, at } });

const whenOff: readonly [string, Seen, (at: Action['at']) => object][] = [
  ['on: switch it off', on, (at) => asked('switch-off', at)],
  ['off already', off, () => settled],
  ['absent: it delivers nothing', 'absent', () => settled],
  ['silent: it may still deliver', 'unanswered', () => soon],
  ['on its way off', turningOff, () => soon],
  ['on its way on: not to be switched yet', turningOn, () => soon],
  ['on its way nobody knows where', changing, () => soon],
  ['being deleted', deleted, () => soon],
  ['on, but managed', { ...on, ...managed }, () => unusable],
  ['off, although managed', { ...off, ...managed }, () => settled],
];

describe('isolate and rest', () => {
  it.each(whenOff)('%s', (_title, seen, expected) => {
    expect(check(goal(), spec, { from: seen })).toMatchObject(expected('from'));
    expect(check(goal({ phase: 'rest', run: planned }), spec, { to: seen })).toMatchObject(expected('to'));
  });

  it('what was not looked at is not taken for off', () => {
    expect(check(goal(), spec, { to: off })).toMatchObject(soon);
  });

  it('says so when nothing answers', () => {
    expect(check(goal(), spec, { from: 'unanswered' }).why).toContain('does not answer');
    expect(check(goal({ phase: 'flip-dns' }), spec, { to: 'unanswered' }).why).toContain('does not answer');
  });
});

describe('flip-dns', () => {
  const flip = goal({ phase: 'flip-dns' });

  it.each<[string, Seen, object]>([
    ['off: switch it on', off, asked('switch-on', 'to')],
    ['on already', on, settled],
    ['silent', 'unanswered', soon],
    ['on its way on', turningOn, soon],
    ['on its way off', turningOff, soon],
    ['on its way nobody knows where', changing, soon],
    ['absent', 'absent', unusable],
    ['being deleted', deleted, unusable],
    ['off, but managed', { ...off, ...managed }, unusable],
    ['on, although managed', { ...on, ...managed }, settled],
  ])('%s', (_title, seen, expected) => {
    expect(check(flip, spec, { to: seen })).toMatchObject(expected);
  });

  it.each(whenOff.filter(([, seen]) => seen !== 'absent' && (typeof seen === 'string' || seen.state !== 'off')))(
    'a planned run leaves no two on: the one being left is %s',
    (_title, seen, expected) => {
      const facts = { from: seen, to: off };
      expect(check({ ...flip, run: planned }, spec, facts)).toMatchObject(expected('from'));
    },
  );

  it('a planned run switches on once the other is off', () => {
    expect(check({ ...flip, run: planned }, spec, { from: off, to: off })).toMatchObject(asked('switch-on', 'to'));
  });

  it('a failover does not wait for the Region that has failed', () => {
    expect(check(flip, spec, { from: 'unanswered', to: off })).toMatchObject(asked('switch-on', 'to'));
  });
});

it('a schedule is carried along whole', () => {
  const schedule = { Name: 'nightly', Description: 'x' };
  expect(check(goal(), spec, { from: { ...on, schedule } })).toHaveProperty('action.schedule', schedule);
  expect(check(goal(), spec, { from: on })).not.toHaveProperty('action.schedule');
});

describe('undo', () => {
  const schedule = { Name: 'nightly' };
  const switchOff: Action = { type: 'switch-off', at: 'from', schedule };
  const facts = (seen: Seen): Facts => ({ from: seen });

  it.each<[string, Seen, object]>([
    ['it was on', on, { ...switchOff, type: 'switch-on' }],
    ['it was on its way on', turningOn, { ...switchOff, type: 'switch-on' }],
    ['it was off: somebody has switched it on since', off, switchOff],
    ['it was on its way off', turningOff, switchOff],
    ['it was on its way nobody knows where', changing, { irreversible: expect.stringContaining('stays switched off') }],
    ['it was not seen', 'unanswered', { irreversible: expect.stringContaining('not seen') }],
    [
      'it was on in a way that EnableRule does not know',
      { state: 'on', word: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' },
      { irreversible: expect.stringContaining('PutRule') },
    ],
  ])('%s', (_title, seen, expected) => {
    expect(undo(switchOff, facts(seen))).toEqual(expected);
  });

  it.each<[string, Action, Facts, string]>([
    ['off', switchOff, {}, 'stays switched off'],
    ['on', { type: 'switch-on', at: 'to' }, { to: 'unanswered' }, 'stays switched on'],
  ])('leaves what it has switched %s as it is when nobody saw what was before', (_title, action, before, words) => {
    expect(undo(action, before)).toEqual({ irreversible: expect.stringContaining(words) });
  });

  it('looks at the side that was switched', () => {
    expect(undo(switchOff, { from: off, to: on })).toEqual(switchOff);
  });
});

describe('what it may do', () => {
  const leg = { from: primary, to: recovery };
  const rule = (region: string, name: string) =>
    `arn:\${AWS::Partition}:events:${region}:\${AWS::AccountId}:rule/${name}`;

  it.each<[Goal['phase'], readonly string[]]>([
    ['isolate', [rule('eu-west-1', 'orders')]],
    ['rest', [rule('eu-central-1', 'shop/orders')]],
    ['flip-dns', [rule('eu-west-1', 'orders'), rule('eu-central-1', 'shop/orders')]],
  ])('%s', (phase, rules) => {
    expect(arns(spec, { ...leg, phase })['events:DisableRule']).toEqual(rules);
  });

  it('a schedule’s role is named, and passed to nobody else', () => {
    const schedule = { schedule: 'nightly', role: 'jobs/caller' };
    const allowed = arns(Spec.parse({ primary: schedule, recovery: schedule }), { ...leg, phase: 'isolate' });
    expect(allowed['iam:PassRole']).toEqual([`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/jobs/caller`]);
    expect(Object.keys(allowed).sort()).toEqual(['iam:PassRole', 'scheduler:GetSchedule', 'scheduler:UpdateSchedule']);
  });
});
