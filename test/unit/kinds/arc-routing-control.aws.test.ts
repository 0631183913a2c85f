import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SafetyRule } from '../../../lab/cloud/arc/safety-rules.ts';
import type { Outside } from '../../../shared/aws/outside.ts';
import { act, observe, orderOf } from '../../../shared/kinds/arc-routing-control/aws.ts';
import type { Action } from '../../../shared/kinds/arc-routing-control/check.ts';
import { Spec } from '../../../shared/kinds/arc-routing-control/spec.ts';
import type { Target } from '../../../shared/kinds/contract.ts';
import { clusterRegions, controlArn } from '../../support/arc.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';
import { type SmallWorld, smallWorld } from '../../support/small-world.ts';

const [a1, a2] = [controlArn('a1'), controlArn('a2')];
const ruleArn = 'arn:aws:route53-recovery-control::123456789012:controlpanel/c0/safetyrule/f0';
const spec = Spec.parse({
  endpoints: clusterRegions.map((region) => ({ region, url: `https://abc.cluster.${region}.amazonaws.com/v1` })),
  controls: [{ primary: a1, recovery: a2 }],
  markName: '_served.shop.example.com',
  nameServers: ['ns-1.example.net'],
});
const target: Target = { phase: 'flip-dns', run: sampleRun() };
const flip: Action = {
  type: 'switch',
  entries: [
    { arn: a2, state: 'On' },
    { arn: a1, state: 'Off' },
  ],
};

let small: SmallWorld;
let outside: Outside;
const open = (rules: readonly SafetyRule[] = []): void => {
  small = smallWorld();
  small.world.routingControls.seedCluster({ regions: clusterRegions, controls: { [a1]: true, [a2]: false }, rules });
  outside = small.outsideIn(recovery.region);
};
beforeEach(() => open());

const endpoints = () => small.world.history.map(({ endpointRegion }) => endpointRegion);
const states = () => [a1, a2].map((arn) => small.world.routingControls.isOn(arn));

describe('observe', () => {
  it('reads every control, and says which do not exist', async () => {
    const other = Spec.parse({ ...spec, controls: [{ primary: a1, recovery: controlArn('ff') }] });
    expect((await observe(other, target, outside)).states).toEqual([
      { arn: a1, state: 'On' },
      { arn: controlArn('ff'), state: 'absent' },
    ]);
  });

  it('goes on to the next endpoint while one rests', async () => {
    for (const region of clusterRegions.slice(0, 4)) small.world.routingControls.resting.add(region);
    expect((await observe(spec, target, outside)).states).toHaveLength(2);
    expect(new Set(endpoints())).toContain('ap-southeast-2');
  });

  it('throws what the last one said when none answers', async () => {
    for (const region of clusterRegions) small.world.routingControls.resting.add(region);
    await expect(observe(spec, target, outside)).rejects.toMatchObject({
      name: 'TransientError',
      code: 'EndpointTemporarilyUnavailableException',
    });
  });
});

describe('act', () => {
  it('changes all controls in one update', async () => {
    await act(flip, spec, target, outside);
    expect(states()).toEqual([false, true]);
    expect(small.world.history).toHaveLength(1);
  });

  it('succeeds with three of five endpoints, and not with two', async () => {
    small.world.routingControls.resting.add('us-east-1').add('eu-west-1');
    await act(flip, spec, target, outside);
    expect(states()).toEqual([false, true]);
    open();
    small.world.routingControls.resting.add('us-east-1').add('eu-west-1').add('us-west-2');
    await expect(act(flip, spec, target, outside)).rejects.toMatchObject({ name: 'TransientError' });
    expect(states()).toEqual([true, false]);
  });

  it('succeeds when the Region being left is dead, without asking its endpoint', async () => {
    small.world.loseRegion(primary.region);
    await act(flip, spec, target, outside);
    expect(states()).toEqual([false, true]);
    expect(endpoints()).not.toContain(primary.region);
  });

  it('goes no further when an endpoint denies it', async () => {
    small.world.intercept = () =>
      Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } });
    await expect(act(flip, spec, target, outside)).rejects.toMatchObject({ name: 'TerminalError' });
    expect(small.world.history).toHaveLength(1);
  });
});

describe('safety rules', () => {
  const oneIsOn: SafetyRule = { arn: ruleArn, config: { type: 'ATLEAST', threshold: 1 }, asserts: [a1, a2] };
  const gate: SafetyRule = {
    arn: ruleArn,
    config: { type: 'AND' },
    gatedBy: [controlArn('ee')],
    targets: [a1, a2],
  };

  it('an assertion that holds afterwards does not hinder a flip', async () => {
    open([oneIsOn]);
    await act(flip, spec, target, outside);
    expect(states()).toEqual([false, true]);
  });

  it('an assertion forbids the last target to go', async () => {
    open([oneIsOn]);
    const off: Action = { type: 'switch', entries: [{ arn: a1, state: 'Off' }] };
    await expect(act(off, spec, target, outside)).rejects.toMatchObject({ name: 'TransientError', effect: 'none' });
    expect(states()).toEqual([true, false]);
  });

  it('a gate that is shut forbids the flip, and what the cluster said can be seen afterwards', async () => {
    open([gate]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await expect(act(flip, spec, target, outside)).rejects.toMatchObject({ code: 'ConflictException' });
      const { conflicts } = await observe(spec, target, outside);
      expect(conflicts).toMatchObject({ count: attempt, message: expect.stringContaining(ruleArn) });
    }
    expect(states()).toEqual([true, false]);
  });

  it('is overridden only if the plan names it', async () => {
    open([gate]);
    const named = Spec.parse({ ...spec, overrideSafetyRules: [ruleArn] });
    await act(flip, named, target, outside);
    expect(states()).toEqual([false, true]);
    expect(small.world.history[0]?.input).toMatchObject({ SafetyRulesToOverride: [ruleArn] });
  });
});

describe('the order of the endpoints', () => {
  const runs = fc.string({ minLength: 1 });

  it('has each of them once, and the one in the Region being left last', () => {
    fc.assert(
      fc.property(runs, (id) => {
        const order = orderOf(spec.endpoints, { id, from: primary }).map(({ region }) => region);
        expect([...order].sort()).toEqual([...clusterRegions].sort());
        expect(order.at(-1)).toBe(primary.region);
      }),
    );
  });

  it('is the same for the same run, and gives every endpoint its share of first calls', () => {
    const from = { place: 'primary', region: 'eu-west-2' } as const;
    const first = Array.from({ length: 500 }, (_, n) => orderOf(spec.endpoints, { id: `run-${n}`, from })[0]?.region);
    const counts = [...Map.groupBy(first, (region) => region).values()].map(({ length }) => length);
    expect(counts).toHaveLength(5);
    expect(Math.min(...counts)).toBeGreaterThan(70);
    expect(orderOf(spec.endpoints, { id: 'x', from })).toEqual(orderOf(spec.endpoints, { id: 'x', from }));
  });
});
