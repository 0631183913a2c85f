import { describe, expect, it } from 'vitest';
import { billOf } from '../../../cli/cost/bill.ts';
import { choicesOf } from '../../../cli/cost/choices.ts';
import { gbOf } from '../../../cli/cost/deployment.ts';
import { priceOf, prices } from '../../../cli/cost/prices.ts';
import { goalUsd } from '../../../cli/cost/render.ts';
import { usageAtRest } from '../../../cli/cost/usage-at-rest.ts';
import { usageBeside, usageOfARun } from '../../../cli/cost/usage-of-a-run.ts';
import { pascal } from '../../../deploy/cloudformation.ts';
import { sites } from '../../../deploy/deployment.ts';
import { packagedFunctions } from '../../../deploy/functions.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { loadPlan } from '../../../shared/plan/load.ts';
import { textOf } from '../../contract/files.ts';
import { deploymentAt, ofType, stacks } from '../../contract/stacks.ts';

const plan = await loadPlan('plans/example.plan.yml', textOf('plans/example.plan.yml'));
const atRest = billOf(usageAtRest(plan));
const quantitiesOf = (one: Plan) =>
  Object.fromEntries(usageAtRest(one).map(({ part, quantity }) => [part, quantity] as const));
const quantityOf = (part: string): number => quantitiesOf(plan)[part] ?? 0;

describe('a bill', () => {
  const usage = (price: keyof typeof prices, quantity: number) => ({ part: price, price, quantity, arithmetic: '' });

  it('is quantity × price, dearest first, without what is not used', () => {
    const { lines, usd } = billOf([usage('publish', 1), usage('customMetric', 2), usage('fastAlarm', 0)]);
    expect(lines.map(({ part, usd: each }) => [part, each])).toEqual([
      ['customMetric', 0.6],
      ['publish', 0.5e-6],
    ]);
    expect(usd).toBeCloseTo(0.6, 6);
  });

  it('takes what is free once for all lines of one price', () => {
    const { usdAfterFree } = billOf([usage('customMetric', 8), usage('customMetric', 8), usage('fastAlarm', 1)]);
    expect(usdAfterFree).toBeCloseTo(6 * 0.3 + 0.3, 6);
  });
});

describe('the month at rest of the example', () => {
  it('is within the goal, at list prices', () => {
    expect(atRest.usd).toBeLessThan(goalUsd);
    expect(atRest.usdAfterFree).toBeLessThan(atRest.usd);
  });

  it('is what the page about deployment says', () => {
    expect(textOf('docs/deploy.md')).toContain(`$${atRest.usd.toFixed(2)} at list prices`);
  });

  it('pays for functions that end at once, and for no metric', () => {
    expect(quantityOf('probe: running')).toBeCloseTo(3 * 43_800 * 0.3 * 0.25, 0);
    expect(quantityOf('guard: running')).toBeCloseTo(2 * 43_800 * 0.3 * 0.25, 0);
    expect(quantityOf('watchdog: running')).toBeCloseTo(2 * 21_900 * 0.3 * 0.25, 0);
    expect(quantityOf('signals: metrics')).toBe(0);
  });

  it('pays for every second of functions that never end, and for what they publish', () => {
    const probes = { ...plan.detection.probes, quietEverySeconds: 1 };
    const never = quantitiesOf({ ...plan, detection: { ...plan.detection, probes } });
    expect(never['probe: running']).toBe(1_971_000);
    expect(never['signals: metrics']).toBe(3 * 2 * 4 + 3);
    expect(never['probe: results']).toBe(788_400);
    const lease = { seconds: 20, renewEverySeconds: 4, skewSeconds: 1, gate: { primary: '', recovery: '' } };
    const fast = quantitiesOf({ ...plan, policy: { ...plan.policy, lease } });
    expect(fast['guard: running']).toBeCloseTo(2 * 43_800 * 56.3 * 0.25, 0);
    expect(fast['guard: renewals of the lease']).toBe(2 * 657_000);
  });

  it('costs nothing for a guard where writing takes no lease', () => {
    const { lease: _lease, ...policy } = plan.policy;
    const parts = usageAtRest({ ...plan, policy }).map(({ part }) => part);
    expect(parts.filter((part) => part.startsWith('guard'))).toEqual([]);
  });

  it('shows what other choices of the plan would cost, against this one', () => {
    const usd = Object.fromEntries(choicesOf(plan).map((choice) => [choice.what, choice.usd]));
    expect(usd['without the write lease']).toBeLessThan(0);
    expect(usd['without alarms for the way back']).toBeCloseTo(-0.3, 6);
    expect(usd['probes that never pause']).toBeGreaterThan(40);
    expect(usd['a lease of 20 s, renewed each 4 s']).toBeGreaterThan(15);
  });
});

describe('the bill and the deployment agree', () => {
  const all = sites.map((site) => stacks[site]);
  const alarms = all.flatMap((stack) => ofType(stack, 'AWS::CloudWatch::Alarm'));

  it('on the alarms, by their price', () => {
    const fast = alarms.filter(({ Period }) => Number(Period) < 60).length;
    expect({
      fast: quantityOf('signals: alarms of 10 s'),
      all: quantityOf('signals: alarms of a minute') + quantityOf('dead letters: alarms'),
      composite: quantityOf('signals: composite alarms'),
    }).toEqual({
      fast,
      all: alarms.length - fast,
      composite: all.flatMap((stack) => ofType(stack, 'AWS::CloudWatch::CompositeAlarm')).length,
    });
  });

  it('on what is started how often', () => {
    const minutesOf = (schedule: unknown): number => Number(/^rate\((\d+) minutes?\)$/.exec(String(schedule))?.[1]);
    const rates = all.flatMap((stack) => ofType(stack, 'AWS::Scheduler::Schedule'));
    const starts = rates.reduce((sum, { ScheduleExpression }) => sum + 43_800 / minutesOf(ScheduleExpression), 0);
    const billed = atRest.lines.filter(({ price }) => price === 'schedulerInvocation');
    expect(billed.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(starts);
  });

  it('on memory', async () => {
    const functions = packagedFunctions(await deploymentAt('recovery'));
    const gbAt = (name: string): number =>
      (functions[pascal(name)]?.memorySize ?? functions[name]?.memorySize ?? 0) / 1024;
    expect({
      probe: gbAt('probe'),
      guard: gbAt('guard'),
      watchdog: gbAt('take-over'),
      evaluate: gbAt('evaluate'),
      step: gbAt('promote'),
    }).toEqual(gbOf);
  });
});

it('a failover costs cents at most', () => {
  expect(billOf(usageOfARun(plan)).usd).toBeLessThan(0.05);
});

it('what the owner sets up besides is told apart: two health checks with two options each', () => {
  expect(billOf(usageBeside(plan))).toMatchObject({ usd: 5, usdAfterFree: 4 });
});

it('every price has a source', () => {
  const ids = Object.keys(prices) as (keyof typeof prices)[];
  expect(ids.filter((id) => !/^https:\/\/(aws|docs\.aws)\.amazon\.com\//.test(priceOf(id).source))).toEqual([]);
});
