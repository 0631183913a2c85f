import { describe, expect, it } from 'vitest';
import { leaseOutwaited, neverTwoWriters } from '../../../lab/checkers/data.ts';
import type { EpochRows, Evidence } from '../../../lab/checkers/evidence.ts';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import { leased } from '../../support/leased.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { entriesOf, primary, recovery, sampleRun } from '../../support/sample-run.ts';

const plan = await loadedPlan(leased);
const evidence: Evidence = {
  plan,
  lostAt: 1000,
  endedAt: 9000,
  runs: [sampleRun()],
  entries: [],
  earlier: [],
  executions: [],
  executionStatus: 'SUCCEEDED',
  calls: [],
  dnsAnswers: [],
  writers: { overlapMs: 0, byEpoch: [], terms: [], regionOf: {} },
  lag: [],
  verificationRows: [],
  acknowledgedWritesLost: 0,
  rpoSeconds: 0,
};
const call = (changes: Partial<ApiCall>): ApiCall => ({
  id: 'call',
  at: 0,
  callerRegion: primary.region,
  caller: 'guard',
  endpointRegion: primary.region,
  service: 'DynamoDB',
  command: 'UpdateItem',
  mutating: true,
  input: {},
  outcome: 'answered',
  applied: true,
  ...changes,
});
const renewed = (expiresAt: number, changes: Partial<ApiCall> = {}): ApiCall =>
  call({
    input: {
      Key: { pk: { S: 'application#shop' }, sk: { S: 'lease' } },
      ExpressionAttributeValues: { ':holder': { S: primary.region }, ':set_expiresAt': { N: String(expiresAt) } },
    },
    ...changes,
  });
const promotedAt = (at: number): ApiCall =>
  call({ at, caller: 'promote', service: 'RDS', command: 'PromoteReadReplica' });

describe('the checker of the write lease', () => {
  // The skew of the plan is 1 s.
  it.each<[string, readonly ApiCall[], string]>([
    ['passes a promotion at the end of the last grant and the skew', [renewed(2000), promotedAt(3000)], 'passed'],
    ['fails one that came a moment earlier', [renewed(2000), promotedAt(2999)], 'failed'],
    ['counts the latest grant, in whatever order', [renewed(5000), renewed(2000), promotedAt(3000)], 'failed'],
    [
      'does not count a renewal that failed',
      [renewed(2000), renewed(5000, { applied: false }), promotedAt(3000)],
      'passed',
    ],
    ['cannot judge a promotion without any grant', [promotedAt(3000)], 'unknown'],
    ['has nothing against a run that promoted nothing', [renewed(2000)], 'passed'],
  ])('%s', (_title, calls, verdict) => {
    expect(leaseOutwaited({ ...evidence, calls }).verdict).toBe(verdict);
  });

  it('does not ask for it when the writers were fenced', () => {
    const entries = entriesOf({ step: 'isolate', event: 'settled', data: { by: 'fence', why: 'none runs' } });
    expect(leaseOutwaited({ ...evidence, entries, calls: [renewed(2000), promotedAt(1)] }).verdict).toBe('passed');
  });
});

describe('the checker of two writers', () => {
  const old: EpochRows = { epoch: 0, region: primary.region, firstAt: 100, lastAt: 1000 };
  const next: EpochRows = { epoch: 1, region: recovery.region, firstAt: 1001, lastAt: 2000 };
  it.each<[string, readonly EpochRows[], string]>([
    ['passes epochs that follow each other', [next, old], 'passed'],
    ['fails a row of the old writer after the first of the new one', [{ ...old, lastAt: 1002 }, next], 'failed'],
    ['fails one epoch in two Regions', [old, { ...next, epoch: 0 }], 'failed'],
  ])('%s', (_title, byEpoch, verdict) => {
    expect(neverTwoWriters({ ...evidence, writers: { ...evidence.writers, byEpoch } }).verdict).toBe(verdict);
  });
});
