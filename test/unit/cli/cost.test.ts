import { describe, expect, it } from 'vitest';
import { billOf } from '../../../cli/cost/bill.ts';
import { deployed, gbOf, proposed } from '../../../cli/cost/deployment.ts';
import { priceOf, prices } from '../../../cli/cost/prices.ts';
import { usageAtRest } from '../../../cli/cost/usage-at-rest.ts';
import { usageBeside, usageOfARun } from '../../../cli/cost/usage-of-a-run.ts';
import { pascal } from '../../../deploy/cloudformation.ts';
import { packagedFunctions } from '../../../deploy/functions.ts';
import { loadPlan } from '../../../shared/plan/load.ts';
import { textOf } from '../../contract/files.ts';
import { deploymentAt } from '../../contract/stacks.ts';

const plan = await loadPlan('plans/example.plan.yml', textOf('plans/example.plan.yml'));
const atRest = billOf(usageAtRest(plan, deployed));
const lineOf = (part: string) => atRest.lines.find((line) => line.part === part);

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
  it('is dominated by functions that sleep between their turns', () => {
    expect(lineOf('probe: running')?.quantity).toBe(1_971_000);
    expect(lineOf('guard: running')?.quantity).toBe(1_314_000);
    expect(lineOf('watchdog: running')?.quantity).toBeCloseTo(2 * 43_800 * 30.3 * 0.25, 0);
    expect(lineOf('signals: metrics')?.quantity).toBe(3 * 2 * 4 + 3);
    expect(lineOf('probe: results')?.quantity).toBe(788_400);
    expect(atRest.usd).toBeGreaterThan(60);
  });

  it('costs nothing for a guard where writing takes no lease', () => {
    const { lease: _lease, ...policy } = plan.policy;
    const parts = usageAtRest({ ...plan, policy }, deployed).map(({ part }) => part);
    expect(parts.filter((part) => part.startsWith('guard'))).toEqual([]);
  });

  it('costs a fraction by the design that is not built', () => {
    expect(billOf(usageAtRest(plan, proposed)).usd).toBeLessThan(atRest.usd / 5);
  });

  it('counts memory as the deployment gives it', async () => {
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
