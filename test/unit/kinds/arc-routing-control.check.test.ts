import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../shared/domain/name-servers.ts';
import { type ControlState, check, type Facts, undo } from '../../../shared/kinds/arc-routing-control/check.ts';
import { Spec } from '../../../shared/kinds/arc-routing-control/spec.ts';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { clusterRegions, controlArn } from '../../support/arc.ts';
import { sampleRun } from '../../support/sample-run.ts';

const wire = {
  endpoints: clusterRegions.map((region) => ({
    region,
    url: `https://abc.route53-recovery-cluster.${region}.amazonaws.com/v1`,
  })),
  controls: [
    { primary: controlArn('a1'), recovery: controlArn('a2') },
    { primary: controlArn('b1'), recovery: controlArn('b2') },
  ],
  markName: '_served.shop.example.com',
  nameServers: ['ns-1.awsdns-01.org'],
};
const spec = Spec.parse(wire);
const goal: Goal = {
  phase: 'flip-dns',
  run: sampleRun(),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
};

const statesOf = (changed: Readonly<Record<string, ControlState>> = {}) =>
  Object.entries({ a1: 'On', a2: 'Off', b1: 'On', b2: 'Off', ...changed }).map(([name, state]) => ({
    arn: controlArn(name),
    state: state as ControlState,
  }));
const moved = { a1: 'Off', a2: 'On', b1: 'Off', b2: 'On' } as const;
const marker = (...values: string[]): Facts['servers'] => [
  { server: 'ns-1', mark: { answered: true, values } satisfies Answer, names: [] },
];
const factsOf = (changes: Partial<Facts> = {}): Facts => ({
  states: statesOf(),
  conflicts: { count: 0, message: '' },
  servers: marker('primary'),
  ...changes,
});

describe('flip-dns', () => {
  it.each<[string, Partial<Facts>, string]>([
    ['traffic goes to the Region being left', {}, 'act'],
    ['half of it has been moved', { states: statesOf({ a1: 'Off', a2: 'On' }) }, 'act'],
    ['nothing lets traffic in', { states: statesOf({ a1: 'Off', b1: 'Off' }) }, 'act'],
    ['all is set, the servers do not follow yet', { states: statesOf(moved) }, 'wait'],
    ['all is set, and the servers follow', { states: statesOf(moved), servers: marker('recovery') }, 'settled'],
    ['a control does not exist', { states: statesOf({ b2: 'absent' }) }, 'routing-control-not-found'],
    ['the marker does not exist', { servers: marker() }, 'record-unusable'],
    ['the cluster has said no twice', { conflicts: { count: 2, message: 'rule' } }, 'act'],
    ['the cluster has said no three times', { conflicts: { count: 3, message: 'rule' } }, 'safety-rule-violated'],
    [
      'it had said no, and then it was set',
      { states: statesOf(moved), conflicts: { count: 3, message: 'rule' } },
      'wait',
    ],
  ])('%s: %s', (_title, changes, expected) => {
    const decision = check(goal, spec, factsOf(changes));
    expect(decision.verdict === 'refuse' ? decision.refusal : decision.verdict).toBe(expected);
  });

  it('changes what differs in one update, and lets in before it shuts out', () => {
    expect(check(goal, spec, factsOf({ states: statesOf({ a2: 'On' }) }))).toMatchObject({
      action: {
        entries: [
          { arn: controlArn('b2'), state: 'On' },
          { arn: controlArn('a1'), state: 'Off' },
          { arn: controlArn('b1'), state: 'Off' },
        ],
      },
    });
  });

  it('gives the cluster’s own words as the reason of a refusal', () => {
    const facts = factsOf({ conflicts: { count: 3, message: 'violates the safety rule x' } });
    expect(check(goal, spec, facts).why).toBe('violates the safety rule x');
  });
});

describe('undo', () => {
  const action = { type: 'switch', entries: [{ arn: controlArn('a2'), state: 'On' }] } as const;

  it('sets the same controls to what they were', () => {
    expect(undo(action, factsOf())).toEqual({
      type: 'switch-back',
      entries: [{ arn: controlArn('a2'), state: 'Off' }],
    });
  });

  it('lets traffic in again where it was let in', () => {
    const off = { type: 'switch', entries: [{ arn: controlArn('a1'), state: 'Off' }] } as const;
    expect(undo(off, factsOf())).toEqual({ type: 'switch-back', entries: [{ arn: controlArn('a1'), state: 'On' }] });
  });

  it('does not guess what was not seen', () => {
    expect(undo(action, factsOf({ states: [] }))).toHaveProperty('irreversible');
  });
});

describe('the plan', () => {
  it.each<[string, object]>([
    ['four endpoints', { endpoints: wire.endpoints.slice(1) }],
    ['two endpoints in one Region', { endpoints: [wire.endpoints[1], ...wire.endpoints.slice(1)] }],
    [
      'six pairs: an update takes ten controls',
      { controls: '123456'.split('').map((n) => ({ primary: controlArn(`${n}1`), recovery: controlArn(`${n}2`) })) },
    ],
    ['one control for both places', { controls: [{ primary: controlArn('a1'), recovery: controlArn('a1') }] }],
    [
      'a safety rule where a control belongs',
      {
        controls: [
          {
            primary: 'arn:aws:route53-recovery-control::123456789012:controlpanel/c0/safetyrule/a1',
            recovery: controlArn('a1'),
          },
        ],
      },
    ],
    [
      'an endpoint without TLS',
      { endpoints: wire.endpoints.map(({ region }) => ({ region, url: 'http://127.0.0.1' })) },
    ],
  ])('must not have %s', (_title, changed) => {
    expect(Spec.safeParse({ ...wire, ...changed }).success).toBe(false);
  });
});
