import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fillPlan } from '../../lab/gameday/fill-plan.ts';
import { traffics } from '../../lab/gameday/traffics.ts';
import { registry } from '../../shared/kinds/registry.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { planSchema, planSchemaPath, planSchemaText } from '../../tools/plan-schema.ts';
import { textOf } from './files.ts';

const exampleText = textOf('plans/example.plan.yml');
const example = await loadPlan('plans/example.plan.yml', exampleText);
const labValues = {
  primaryAddress: '127.0.1.1',
  recoveryAddress: '127.0.2.1',
  ordersPort: 8080,
  dnsPort: 5353,
  ttlSeconds: 1,
  withLease: true,
};
const lab = await fillPlan(labValues);
const labs = await Promise.all(traffics.map((traffic) => fillPlan({ ...labValues, traffic })));

describe('the plans in plans/', () => {
  it('use every kind between them', () => {
    const used = [example, ...labs].flatMap(({ resources }) => resources.map(({ kind }) => kind));
    expect([...new Set(used)].sort()).toEqual(Object.keys(registry).sort());
  });

  it('accept a global control plane only where traffic is moved by records', () => {
    expect([example, ...labs].map(({ policy }) => policy.acceptsControlPlane)).toEqual([[], ['route53'], [], []]);
  });

  it('the lab fills every placeholder except the id of the transaction', () => {
    const left = [...JSON.stringify(lab).matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
    expect(new Set(left)).toEqual(new Set(['id']));
  });

  it('the example shows every field that a plan has', () => {
    const shown = Object.keys(parse(exampleText));
    expect(shown.sort()).toEqual(Object.keys(example).sort());
  });
});

describe('plan.schema.json', () => {
  const accepts = async (plan: unknown): Promise<boolean> =>
    z.fromJSONSchema(await planSchema()).safeParse(plan).success;

  it('is what the code says: npm run plan:schema brings it up to date', async () => {
    expect(textOf(planSchemaPath)).toBe(await planSchemaText());
  });

  it('accepts the example', async () => {
    expect(await accepts(parse(exampleText))).toBe(true);
  });

  it.each([
    ['a field that does not exist', { resource: [] }],
    ['a kind that does not exist', { resources: [{ id: 'x', kind: 'no-such-kind' }] }],
    ['a field of another kind', { resources: [{ id: 'x', kind: 'ecs-service', zoneId: 'Z1' }] }],
    ['no resources', { resources: [] }],
  ])('rejects %s', async (_what, change) => {
    expect(await accepts({ ...parse(exampleText), ...change })).toBe(false);
  });
});
