import { describe, expect, it } from 'vitest';
import * as happen from '../../lab/simulator/happenings.ts';
import { scenarioNamed } from '../../lab/simulator/scenarios/registry.ts';
import type { Scenario } from '../../lab/simulator/scenarios/scenario.ts';
import { shrink } from '../../lab/simulator/shrink.ts';
import { simulate } from '../../lab/simulator/simulate.ts';

/** CI lives through many more (.ci/run): these are here so that a broken change is red at once. */
const seeds = Array.from({ length: 40 }, (_, index) => 10_000 + index);

it('forty days of faults, people and partitions keep every invariant', async () => {
  const failures: string[] = [];
  let recovered = 0;
  for (const seed of seeds) {
    const { checks, history } = await simulate({ scenario: scenarioNamed('swarm'), seed });
    failures.push(...checks.flatMap(({ id, verdict, why }) => (verdict === 'failed' ? [`${seed} ${id}: ${why}`] : [])));
    recovered += history.runs.filter(({ execution }) => execution?.status === 'SUCCEEDED').length;
  }
  expect(failures).toEqual([]);
  // Or else nothing was shown.
  expect(recovered).toBeGreaterThan(15);
});

describe('a failing day', () => {
  it('is shrunk to the faults that it needs', async () => {
    const lagging = scenarioNamed('lag-above-rpo');
    const scenario: Scenario = {
      ...lagging,
      name: 'shrinking',
      weather: (chance) => {
        const weather = lagging.weather(chance);
        return { ...weather, happenings: [happen.topicDead({ at: 70 }), ...weather.happenings] };
      },
      expectations: [
        {
          title: 'nobody is ever asked',
          expect: ({ runs }: Awaited<ReturnType<typeof simulate>>['history']) =>
            runs.some(({ entries }) => entries.some(({ event }) => event === 'asked')) ? 'somebody was' : undefined,
        },
      ],
    };
    const told: number[] = [];
    const { only } = await shrink({ scenario, seed: 1 }, 'shrinking', (left) => told.push(left));
    expect(told.at(-1)).toBe(2);
    expect(told).toEqual(told.toSorted((one, other) => other - one));
    expect(only.map((id) => id.split('@')[0]).toSorted()).toEqual(['lagging:60s', 'region-lost:primary']);
  });
});
