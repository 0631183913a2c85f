import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../../deploy/deployment.ts';
import { deploymentProblems } from '../../../deploy/problems.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';

const plan = await loadedPlan();
const parameters: Parameters = { consistency: 'strong', encryption: 'aws', dashboard: 'on', gameDaySubnets: 'none' };
const wanted = { plan, parameters, stage: 'prod', functions: ['detect', 'flip-dns'] };
const elsewhere = { primary: 'eu-west-1', recovery: 'us-west-2', witness: 'eu-west-3' };
const topic = (region: string) => `arn:aws:sns:${region}:123456789012:shop-failover`;

it('nothing is wrong with the good plan', () => {
  expect(deploymentProblems(wanted)).toEqual([]);
});

describe('refused, with the field and a remedy', () => {
  it.each<[string, string, Partial<typeof wanted>]>([
    ['Regions that are not of one set', 'regions', { plan: { ...plan, regions: elsewhere } }],
    ['a stage that is no name', '--stage', { stage: 'Prod!' }],
    ['names that are too long', 'application', { plan: { ...plan, application: 'a'.repeat(40) } }],
    [
      'a window that is no whole number of periods',
      'detection.signals[0].windowSeconds',
      {
        plan: {
          ...plan,
          detection: {
            ...plan.detection,
            signals: plan.detection.signals.map((signal, index) =>
              index === 0 ? { ...signal, windowSeconds: 25 } : signal,
            ),
          },
        },
      },
    ],
    [
      'a takeover while a process of the run may still act',
      'policy.takeOverAfterSeconds',
      { plan: { ...plan, policy: { ...plan.policy, takeOverAfterSeconds: 90 } } },
    ],
    [
      'a topic of another Region',
      'notifications[0].recovery',
      {
        plan: {
          ...plan,
          notifications: [{ channel: 'sns', primary: topic('eu-west-1'), recovery: topic('us-east-1') }],
        },
      },
    ],
  ])('%s', (_what, path, changed) => {
    const problems = deploymentProblems({ ...wanted, ...changed });
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.remedy).not.toBe('');
  });
});

it('the arithmetic of a takeover is shown, with the clocks', () => {
  const lease = {
    seconds: 30,
    renewEverySeconds: 10,
    skewSeconds: 2,
    gate: { primary: 'http://a', recovery: 'http://b' },
  };
  const policyWith = (takeOverAfterSeconds: number) => ({ ...plan.policy, lease, takeOverAfterSeconds });
  const problemsWith = (takeOverAfterSeconds: number) =>
    deploymentProblems({ ...wanted, plan: { ...plan, policy: policyWith(takeOverAfterSeconds) } });
  expect(problemsWith(92)[0]?.problem).toContain('90 s (the timeout of its function) + 2 s (skew) = 92 s');
  expect(problemsWith(93)).toEqual([]);
});

it('other Regions can have a table whose guarantee is weaker', () => {
  const eventual = { ...parameters, consistency: 'eventual' } as const;
  const { notifications: _topics, ...others } = plan;
  const moved = { ...others, notifications: [], regions: elsewhere };
  expect(deploymentProblems({ ...wanted, plan: moved, parameters: eventual })).toEqual([]);
});
