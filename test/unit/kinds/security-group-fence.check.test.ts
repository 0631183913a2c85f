import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { type Action, check, type Facts, type Rule, undo } from '../../../shared/kinds/security-group-fence/check.ts';
import { securityGroupFence } from '../../../shared/kinds/security-group-fence/index.ts';
import { Spec } from '../../../shared/kinds/security-group-fence/spec.ts';
import { sampleRun } from '../../support/sample-run.ts';

const doors = { primary: { securityGroup: 'sg-0000000a' }, recovery: { securityGroup: 'sg-0000000b' } };
const spec = Spec.parse(doors);
const goal: Goal = {
  phase: 'isolate',
  run: sampleRun(),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
};
const rule = (id: string, tags: Rule['tags'] = {}): Rule => ({
  id,
  protocol: 'tcp',
  fromPort: 5432,
  toPort: 5432,
  cidrIpv4: `10.0.${id.length}.0/24`,
  description: id,
  tags,
});
const plain = [rule('sgr-1'), rule('sgr-22')];
const ours = rule('sgr-333', { owner: 'us' });
const yours = rule('sgr-4', { env: 'live', owner: 'you' });
const revoke = (type: string, rules: readonly Rule[]) => ({
  verdict: 'act',
  action: { type, verb: 'revoke', at: 'from', securityGroup: 'sg-0000000a', rules },
});

describe('isolate closes the door of the Region being left', () => {
  it.each<[string, Facts['rules'], object, readonly string[]]>([
    ['a Region that does not answer', 'unanswered', { verdict: 'wait', retryAfterSeconds: 1 }, ['not known']],
    ['a group that does not exist', 'absent', { verdict: 'refuse', refusal: 'fence-unusable' }, ['plan']],
    ['open rules are revoked in one call', plain, revoke('revoke', plain), ['2 of 2 inbound rules']],
    ['those without tags come first', [yours, ...plain], revoke('revoke', plain), ['2 of 3']],
    ['each set of tags has a call of its own', [ours, yours], revoke('revoke env=live owner=you', [yours]), ['1 of 2']],
    ['until the last is gone', [ours], revoke('revoke owner=us', [ours]), ['1 of 1']],
  ])('%s', (_title, rules, decision, words) => {
    const decided = check(goal, spec, { rules });
    expect(decided).toMatchObject(decision);
    expect(['sg-0000000a in eu-west-1', ...words].filter((word) => !decided.why.includes(word))).toEqual([]);
  });

  it('says of a closed door what it does not prove', () => {
    const decided = check(goal, spec, { rules: [] });
    expect(decided).toMatchObject({ verdict: 'settled' });
    expect(decided.why).toMatch(/no new connection.*tracked and go on.*does not show that nobody writes/);
  });

  it('is never the proof of isolation by itself', () => {
    expect(securityGroupFence.provesIsolation?.(spec)).toBe(false);
  });

  it('the direction of the run decides which door is closed', () => {
    const back: Goal = { ...goal, run: { ...goal.run, from: goal.run.to, to: goal.run.from } };
    expect(check(back, spec, { rules: plain })).toMatchObject({ action: { securityGroup: 'sg-0000000b' } });
  });

  it('does not record the silence of a Region as what was', () => {
    expect(securityGroupFence.isComplete?.({ rules: 'unanswered' })).toBe(false);
    expect(securityGroupFence.isComplete?.({ rules: [] })).toBe(true);
  });
});

describe('scale opens the door of the Region being activated again', () => {
  const at = { at: -60_000 };
  const was = (rules: Facts['rules']) => ({ ...at, facts: { rules } });
  /** Recorded while the recovery Region was in charge, and seen by this run's survey. */
  const scale = (recorded?: Facts['rules'], surveyed?: Facts['rules']): Goal => ({
    ...goal,
    phase: 'scale',
    recordedInCharge: recorded === undefined ? {} : { isolate: was(recorded) },
    surveyed: surveyed === undefined ? {} : { scale: was(surveyed) },
  });
  const anew = (rules: readonly Rule[]) => rules.map((one) => ({ ...one, id: '' }));
  const authorize = (type: string, rules: readonly Rule[]) => ({
    verdict: 'act',
    action: { type, verb: 'authorize', at: 'to', securityGroup: 'sg-0000000b', rules: anew(rules) },
  });
  const refused = { verdict: 'refuse', refusal: 'door-closed' };

  it.each<[string, Goal, Facts['rules'], object, readonly string[]]>([
    ['an open door is left as it is', scale([ours]), plain, { verdict: 'settled' }, ['is open: 2 inbound rules']],
    [
      'also one that was always open and is recorded wider',
      scale([...plain, ours], plain),
      plain,
      { verdict: 'settled' },
      [],
    ],
    ['a closed one is opened as it was', scale(plain, []), [], authorize('authorize', plain), ['2 of 2 rules']],
    ['so is one that was closed since the survey', scale(plain, plain), [], authorize('authorize', plain), []],
    ['without a survey, too', scale(plain), [], authorize('authorize', plain), []],
    [
      'each set of tags by a call of its own',
      scale([ours, ...plain], []),
      [],
      authorize('authorize', plain),
      ['2 of 3'],
    ],
    [
      'until the last is there, whatever ids EC2 gave',
      scale([ours, ...plain], []),
      plain.map((one) => ({ ...one, id: `new-${one.id}`, description: 'other words' })),
      authorize('authorize owner=us', [ours]),
      ['1 of 3'],
    ],
    [
      'in whatever order EC2 tells what they are',
      scale(plain, []),
      plain.map((one) => Object.fromEntries(Object.entries(one).toReversed()) as unknown as Rule),
      { verdict: 'settled' },
      ['as it was'],
    ],
    ['then it is settled', scale(plain, []), plain, { verdict: 'settled' }, ['as it was']],
    ['a door that let nobody in then is settled now', scale([], []), [], { verdict: 'settled' }, []],
    ['of a closed one nobody knows whom it let in', scale(undefined, []), [], refused, ['not recorded', 'by hand']],
    ['what was recorded of a Region that was silent says nothing', scale('unanswered', []), [], refused, []],
    ['a group that does not exist', scale(plain), 'absent', refused, ['does not exist']],
    ['no answer', scale(plain), 'unanswered', { verdict: 'wait', retryAfterSeconds: 1 }, ['does not answer']],
  ])('%s', (_title, wanted, rules, decision, words) => {
    const decided = check(wanted, spec, { rules });
    expect(decided).toMatchObject(decision);
    expect(['sg-0000000b in eu-central-1', ...words].filter((word) => !decided.why.includes(word))).toEqual([]);
  });

  it('does not take what was recorded of the other door', () => {
    const wanted: Goal = { ...scale(undefined, []), recorded: { isolate: was(plain) } };
    expect(check(wanted, spec, { rules: [] })).toMatchObject(refused);
  });

  it('opens nothing of which nothing at all was recorded', () => {
    const { recordedInCharge: _recorded, ...wanted } = scale(undefined, []);
    expect(check(wanted, spec, { rules: [] })).toMatchObject(refused);
  });

  it('needs what was recorded while the Region being activated was in charge', () => {
    expect(securityGroupFence.remembers).toEqual(['isolate']);
  });
});

describe('undo', () => {
  it.each([
    ['rules without tags', plain, 'authorize'],
    ['rules with tags', [yours], 'authorize env=live owner=you'],
  ])('opens exactly the %s that were revoked', (_title, rules, type) => {
    const action: Action = { type: 'revoke', verb: 'revoke', at: 'from', securityGroup: 'sg-0000000a', rules };
    const anew = rules.map((one) => ({ ...one, id: '' }));
    expect(undo(action, { rules: [] })).toEqual({ ...action, type, verb: 'authorize', rules: anew });
  });

  it('closes exactly what was opened', () => {
    const rules = [{ ...yours, id: '' }];
    const action: Action = { type: 'authorize', verb: 'authorize', at: 'to', securityGroup: 'sg-0000000b', rules };
    const undone = undo(action, { rules: [] });
    expect(undone).toEqual({ ...action, type: 'revoke env=live owner=you', verb: 'revoke' });
  });
});

describe('the spec', () => {
  it.each<[string, object]>([
    ['a name instead of an id', { ...doors, primary: { securityGroup: 'orders-db' } }],
    ['a place left out', { primary: doors.primary }],
    ['a misspelt field', { ...doors, primary: { group: 'sg-0000000a' } }],
  ])('rejects %s', (_title, value) => {
    expect(Spec.safeParse(value).success).toBe(false);
  });
});
