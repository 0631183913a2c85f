import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../lab/simulator/scenarios/registry.ts';
import { plantedBugs } from '../../lab/simulator/teeth/bugs.ts';
import { hunt } from '../../lab/simulator/teeth/hunt.ts';
import { sourceOf, withBug } from '../../lab/simulator/teeth/plant.ts';

describe('planted bugs', () => {
  it('are at least twenty, each with a name of its own and a scenario that exists', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(20);
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
    const names = scenarios.map(({ name }) => name);
    expect(plantedBugs.filter(({ scenario = 'swarm' }) => !names.includes(scenario))).toEqual([]);
  });

  it.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s still finds its place in the code', (_name, bug) => {
    const source = sourceOf(bug);
    expect(withBug(bug, source)).not.toBe(source);
  });

  it('one that has lost its place is an error, not a test that passes', () => {
    const bug = { name: 'lost', story: '', file: 'shared/kinds/settle.ts', find: 'no such text', replace: '' };
    expect(() => withBug(bug, sourceOf(bug))).toThrow('no longer finds its place');
  });

  it('lie in the product, and nothing of it knows of them', () => {
    expect(plantedBugs.filter(({ file }) => !file.startsWith('shared/') || !existsSync(file))).toEqual([]);
  });
});

describe('a planted bug', () => {
  it.each(['acts-twice', 'no-intent', 'no-epoch-check'])('%s is caught within a few days', async (name) => {
    const bugs = plantedBugs.filter((bug) => bug.name === name);
    const [result] = await hunt({ bugs, daysMax: 5, workers: 1, onResult: () => undefined });
    expect(result?.caught).toBeDefined();
  });
});
