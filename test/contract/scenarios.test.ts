import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../lab/gameday/scenarios/registry.ts';
import type { Scenario } from '../../lab/gameday/scenarios/scenario.ts';

const folder = new URL('../../lab/gameday/scenarios/', import.meta.url);
/** Played by the benchmark only: without a lease two Regions could write. */
const unlisted = ['region-lost-without-lease'];
/** Nothing strikes in it: people move the application, and that is what it is about. */
const isPlannedOnly = ({ name }: Scenario): boolean => name === 'ping-pong';

const isScenario = (value: unknown): value is Scenario =>
  typeof value === 'object' && value !== null && 'expectations' in value && 'steps' in value;

describe('the scenarios', () => {
  it('are all in the registry, each once', async () => {
    const files = readdirSync(folder).filter((name) => name !== 'registry.ts');
    const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
    const found = modules.flatMap((module) =>
      Object.values(module as object)
        .flat()
        .filter(isScenario),
    );
    const names = found.map(({ name }) => name);
    expect(names.filter((name) => !unlisted.includes(name)).toSorted()).toEqual(
      scenarios.map(({ name }) => name).toSorted(),
    );
  });

  it.each(scenarios)('$name demands something and forbids something, and strikes after a calm', (scenario) => {
    expect(scenario.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(new Set(scenario.expectations.map(({ id }) => id))).toEqual(new Set(['must', 'never']));
    const titles = scenario.expectations.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
    const [first, ...phases] = scenario.steps.map(({ phase }) => phase);
    expect(first).toBe('calm');
    expect(phases.find((phase) => phase !== 'calm')).toBe(isPlannedOnly(scenario) ? 'watching' : 'struck');
  });

  it.each(scenarios.filter((scenario) => scenario.notDue !== undefined && !isPlannedOnly(scenario)))(
    '$name, in which no failover is due, forbids a promotion and a flip',
    ({ expectations }) => {
      const forbidden = expectations.filter(({ id }) => id === 'never').map(({ title }) => title);
      expect(forbidden).toEqual(
        expect.arrayContaining(['a database is promoted', 'traffic leaves the primary Region']),
      );
    },
  );
});
