import { describe, expect, it } from 'vitest';
import { scenarios } from '../../lab/simulator/scenarios/registry.ts';
import { simulate } from '../../lab/simulator/simulate.ts';

/** The situations of the design that a simulated day can reproduce. D and E are whole but for E7, which needs another kind. */
const situations = [
  ...['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10', 'D11'],
  ...['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E8', 'E9', 'E10', 'E11', 'E12', 'E13', 'E14', 'E15', 'E16', 'E17', 'E18'],
  ...['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7'],
  ...['G1', 'G2', 'G3'],
];

it('each situation has a scenario, and each scenario a name of its own', () => {
  expect([...new Set(scenarios.flatMap(({ situation }) => situation ?? []))].sort()).toEqual(situations.toSorted());
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  it.each([1, 2])('keeps every invariant and what it expects, seed %i', async (seed) => {
    const { checks } = await simulate({ scenario, seed });
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(checks.length).toBeGreaterThan(16);
  });
});
