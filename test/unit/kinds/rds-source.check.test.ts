import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { check, type Source, type SourceFacts, undo } from '../../../shared/kinds/rds-read-replica/check.ts';
import { rdsReadReplica } from '../../../shared/kinds/rds-read-replica/index.ts';
import { Spec } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { sampleRun } from '../../support/sample-run.ts';

const instances = { primary: { instance: 'orders-db' }, recovery: { instance: 'orders-db-replica' } };
const spec = Spec.parse({ ...instances, stopSource: true });
const goal: Goal = {
  phase: 'isolate',
  run: sampleRun(),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
};
/** A source whose replica was promoted before: the only one that RDS stops. */
const source = (changes: Partial<Source> = {}): Source => ({
  status: 'available',
  engine: 'postgres',
  isMultiAz: true,
  isReplica: false,
  replicas: [],
  ...changes,
});

describe('isolate stops the source in the Region being left', () => {
  const settled = { verdict: 'settled' };
  const soon = { verdict: 'wait', retryAfterSeconds: 1 };
  const unusable = { verdict: 'refuse', refusal: 'fence-unusable' };
  const stop = { verdict: 'act', action: { type: 'stop-source', instance: 'orders-db' } };

  it.each<[string, SourceFacts['source'], object, readonly string[]]>([
    ['a Region that does not answer leaves the fence unconfirmed', 'unanswered', soon, ['not confirmed']],
    ['a source that does not exist is a mistake in the plan', 'absent', unusable, ['does not exist', 'plan']],
    ['one without a replica is stopped', source(), stop, ['stop it']],
    ['one that is being stopped is waited for', source({ status: 'stopping' }), soon, ['stopping']],
    ['a stopped one is fenced', source({ status: 'stopped' }), settled, ['seven days']],
    ['one that is stopped needs no permission of RDS', source({ status: 'stopped', replicas: ['a'] }), settled, []],
    ['one that is busy is waited for', source({ status: 'backing-up' }), soon, ['backing-up']],
    ['one that starts is not stopped', source({ status: 'starting' }), soon, ['starting']],
    ['one with a replica is never stopped', source({ replicas: ['arn:b'] }), unusable, ['arn:b', 'stopSource: false']],
    ['so is one with a replica that is busy', source({ status: 'modifying', replicas: ['b'] }), unusable, []],
    ['one that is a replica is never stopped', source({ isReplica: true }), unusable, ['is a read replica']],
    ['one of Aurora is not an instance to stop', source({ engine: 'aurora-postgresql' }), unusable, ['Aurora']],
    ['SQL Server in Multi-AZ is never stopped', source({ engine: 'sqlserver-se' }), unusable, ['Multi-AZ']],
    ['SQL Server in one zone is', source({ engine: 'sqlserver-se', isMultiAz: false }), stop, []],
  ])('%s', (_title, seen, decision, words) => {
    const decided = check(goal, spec, { source: seen });
    expect(decided).toMatchObject(decision);
    expect(['orders-db in eu-west-1', ...words].filter((word) => !decided.why.includes(word))).toEqual([]);
  });

  it('the direction of the run decides which instance is stopped', () => {
    const back: Goal = { ...goal, run: { ...goal.run, from: goal.run.to, to: goal.run.from } };
    expect(check(back, spec, { source: source() })).toMatchObject({ action: { instance: 'orders-db-replica' } });
  });

  it('is undone by starting it', () => {
    const before = { source: source() };
    expect(undo({ type: 'stop-source', instance: 'orders-db' }, before)).toEqual({
      type: 'start-source',
      instance: 'orders-db',
    });
  });
});

describe('the kind', () => {
  it('takes part in isolate only where the plan says so: the Region being left is not even asked', () => {
    const taking = (stopSource: boolean) => {
      const given = Spec.parse({ ...instances, stopSource });
      return rdsReadReplica.phases.filter((phase) => rdsReadReplica.takesPart?.(phase, given));
    };
    expect(taking(false)).toEqual(['reverse', 'promote']);
    expect(taking(true)).toEqual(['reverse', 'isolate', 'promote']);
  });

  it('does not record the silence of a Region as what was', () => {
    expect(rdsReadReplica.isComplete?.({ source: 'unanswered' })).toBe(false);
    expect(rdsReadReplica.isComplete?.({ source: 'absent' })).toBe(true);
    expect(rdsReadReplica.isComplete?.({ writer: 'unanswered', standby: 'absent', snapshot: 'absent' })).toBe(false);
    expect(rdsReadReplica.isComplete?.({ writer: 'absent', standby: 'absent', snapshot: 'absent' })).toBe(true);
    expect(rdsReadReplica.isComplete?.({ instance: 'absent', lagSamples: [] })).toBe(true);
  });
});
