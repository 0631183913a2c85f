import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fillPlan } from '../../lab/gameday/fill-plan.ts';
import { registry } from '../../shared/kinds/registry.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { dimensionsOf, metrics } from '../../shared/signals/metrics.ts';
import { planSchema, planSchemaPath, planSchemaText } from '../../tools/plan-schema.ts';
import { textOf } from './files.ts';
import { template } from './template.ts';

const exampleText = textOf('plans/example.plan.yml');
const example = await loadPlan('plans/example.plan.yml', exampleText);
const lab = await fillPlan({
  primaryAddress: '127.0.1.1',
  recoveryAddress: '127.0.2.1',
  ordersPort: 8080,
  dnsPort: 5353,
  ttlSeconds: 1,
  withLease: true,
});

describe('the plans in plans/', () => {
  it.each([example, lab])('$application is valid and uses every kind', ({ resources }) => {
    expect([...new Set(resources.map(({ kind }) => kind))].sort()).toEqual(Object.keys(registry).sort());
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

describe('the signals of the example that come from our own metrics', () => {
  const { PrimaryFails, PrimaryHearsNothing, RecoveryFails, RecoveryHearsNothing } = template.resources.Resources;
  const alarms = [PrimaryFails, RecoveryFails, PrimaryHearsNothing, RecoveryHearsNothing].map((one) => one.Properties);
  const own = example.detection.signals.filter(({ kind }) => kind !== 'alarm');
  const alarmOf = (name: string) => alarms.find(({ AlarmName }) => AlarmName === name);

  it('are all the alarms that serverless.yml creates', () => {
    expect(new Set(own.map(({ alarm }) => alarm))).toEqual(new Set(alarms.map(({ AlarmName }) => AlarmName)));
  });

  it.each(own)('$id watches the right metric, and dates the incident back by as long as its alarm takes', (signal) => {
    const other = signal.watches === 'primary' ? 'recovery' : 'primary';
    const isProbe = signal.kind === 'probe';
    const alarm = alarmOf(signal.alarm);
    expect(alarm).toMatchObject({
      Namespace: metrics.namespace,
      MetricName: isProbe ? metrics.probeFailed : metrics.heartbeatAge,
      Dimensions: dimensionsOf(example.application, isProbe ? signal.watches : other),
      TreatMissingData: 'missing',
    });
    const { DatapointsToAlarm = 0, Period = 0, Threshold } = alarm ?? {};
    expect(signal.windowSeconds).toBe(isProbe ? Period * DatapointsToAlarm : Threshold);
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
