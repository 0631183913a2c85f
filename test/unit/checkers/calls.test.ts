import { describe, expect, it } from 'vitest';
import { eachEffectOnce, independentOfTheLostRegion } from '../../../lab/checkers/calls.ts';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { call, flip, promotion, sampleEvidence } from '../../support/sample-evidence.ts';
import { primary } from '../../support/sample-run.ts';

describe('each effect at most once', () => {
  const verdict = (...calls: ApiCall[]) => eachEffectOnce(sampleEvidence({ calls })).verdict;
  const again = { ...promotion, id: 'again', at: promotion.at + 100 };

  it.each<[string, readonly ApiCall[]]>([
    ['the same call twice', [promotion, flip, again]],
    [
      'the same call twice with its fields in another order',
      [
        call('ECS', 'UpdateService', { afterMs: 1, input: { cluster: 'shop', desiredCount: 2 } }),
        call('ECS', 'UpdateService', { afterMs: 2, input: { desiredCount: 2, cluster: 'shop' } }),
      ],
    ],
    ['a call repeated although the first answer was lost', [{ ...promotion, outcome: 'unanswered' }, again]],
  ])('fails for %s', (_title, calls) => {
    expect(verdict(...calls)).toBe('failed');
  });

  it.each<[string, readonly ApiCall[]]>([
    ['different calls', [promotion, flip]],
    ['no calls', []],
    ['a repetition of what took no effect', [{ ...promotion, applied: false, outcome: 'error' }, again]],
    ['a repeated reading', [0, 1].map((afterMs) => call('RDS', 'DescribeDBInstances', { afterMs, mutating: false }))],
    ['repeated bookkeeping', [0, 1].map((afterMs) => call('DynamoDB', 'PutItem', { afterMs }))],
    [
      'what happened before the loss',
      [call('RDS', 'PromoteReadReplica', { afterMs: -9, input: promotion.input }), again],
    ],
    ['the same command for another resource', [promotion, { ...again, input: { DBInstanceIdentifier: 'other' } }]],
    ['the same command in another Region', [promotion, { ...again, endpointRegion: primary.region }]],
  ])('passes for %s', (_title, calls) => {
    expect(verdict(...calls)).toBe('passed');
  });

  it('names what was repeated and how often', () => {
    expect(eachEffectOnce(sampleEvidence({ calls: [promotion, again, again] })).why).toMatch(
      /^3 × RDS PromoteReadReplica eu-central-1/,
    );
  });
});

describe('nothing critical calls the lost Region', () => {
  const verdict = (...calls: ApiCall[]) => independentOfTheLostRegion(sampleEvidence({ calls })).verdict;
  const toLost = { afterMs: 600, endpointRegion: primary.region };

  it.each<[string, ApiCall]>([
    ['a mutation there', call('RDS', 'StopDBInstance', toLost)],
    [
      'a reading there, whether it was answered or not',
      call('RDS', 'DescribeDBInstances', { ...toLost, mutating: false }),
    ],
    [
      'a reading by the trigger',
      call('CloudWatch', 'DescribeAlarms', { ...toLost, caller: 'trigger', mutating: false }),
    ],
    ['a fence there by another step', call('ECS', 'UpdateService', { ...toLost, caller: 'promote' })],
    [
      'traffic moved by a write there',
      call('S3', 'PutObject', { ...toLost, caller: 'flip-dns', input: { Body: '{"active":true}' } }),
    ],
    [
      'us-east-1, where nobody goes',
      call('SNS', 'Publish', { ...toLost, endpointRegion: 'us-east-1', caller: 'notify' }),
    ],
    ['a service that is global', call('IAM', 'PassRole', { ...toLost, endpointRegion: 'eu-central-1' })],
    ['the coordination table of that Region', call('DynamoDB', 'PutItem', { ...toLost, outcome: 'unanswered' })],
  ])('fails for %s', (_title, one) => {
    expect(verdict(promotion, one)).toBe('failed');
  });

  it.each<[string, ApiCall]>([
    ['a fence there', call('ECS', 'UpdateService', { ...toLost, caller: 'isolate' })],
    [
      'a claim withdrawn there that holds traffic',
      call('S3', 'PutObject', { ...toLost, caller: 'flip-dns', input: { Body: '{"active":false}' } }),
    ],
    [
      'a look whether the fence is needed',
      call('ECS', 'DescribeServices', { ...toLost, caller: 'isolate', mutating: false }),
    ],
    ['tidying there once traffic has moved', call('S3', 'PutObject', { ...toLost, caller: 'confirm' })],
    [
      'one of the five endpoints of a cluster',
      call('Route53RecoveryCluster', 'UpdateRoutingControlStates', { ...toLost, caller: 'flip-dns' }),
    ],
    ['a door that is closed', call('EC2', 'RevokeSecurityGroupIngress', { ...toLost, caller: 'isolate' })],
    ['a source that Isolate stops', call('RDS', 'StopDBInstance', { ...toLost, caller: 'isolate' })],
    ['a call before the loss', call('RDS', 'DescribeDBInstances', { ...toLost, afterMs: -1, mutating: false })],
    ['a probe beside the run', call('CloudWatch', 'PutMetricData', { ...toLost, caller: 'probe' })],
    ['an evaluation beside the run', call('ECS', 'DescribeClusters', { ...toLost, caller: 'evaluate' })],
    ['what no function asked', call('SFN', 'ListExecutions', { ...toLost, caller: '' })],
    ['the other Region', promotion],
    ['a global control plane that the plan accepts', flip],
  ])('passes for %s', (_title, one) => {
    expect(verdict(one)).toBe('passed');
  });

  it('fails for a global control plane that the plan does not accept', async () => {
    const plan = await loadedPlan();
    expect(independentOfTheLostRegion(sampleEvidence({ plan, calls: [flip] }))).toMatchObject({
      verdict: 'failed',
      why: 'Route53 ChangeResourceRecordSets in us-east-1',
    });
  });

  it('passes when no run was opened: nothing was on its path', () => {
    expect(independentOfTheLostRegion(sampleEvidence({ runs: [] })).verdict).toBe('passed');
  });
});
