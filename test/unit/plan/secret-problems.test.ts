import { describe, expect, it } from 'vitest';
import { secretProblems } from '../../../shared/plan/secret-problems.ts';

/** Composed, so that this file holds none itself. */
const key = `AKIA${'A'.repeat(16)}`;
const hook = `https://hooks.slack.com/${'services/T0/B0/x'}`;
const pathsIn = (value: unknown): readonly string[] => secretProblems(value).map(({ path }) => path);

describe('secrets in a plan', () => {
  it('are found wherever they stand, with the way there', () => {
    const plan = { a: 'fine', b: { c: key }, list: [1, null, { d: `${hook} and ${key}` }], e: undefined, f: true };
    expect(pathsIn(plan)).toEqual(['b.c', 'list[2].d', 'list[2].d']);
  });

  it('are told by what they are, and never by their value', () => {
    const [problem] = secretProblems({ url: hook });
    expect(problem).toMatchObject({
      path: 'url',
      problem: 'this is an incoming webhook, and a plan is no place for secrets',
    });
    expect(problem?.remedy).toContain('Secrets Manager');
    expect(JSON.stringify(problem)).not.toContain('hooks');
  });

  it.each([[null], [undefined], [7], ['a sentence'], [[]], [{}]])('%j holds none', (value) => {
    expect(pathsIn(value)).toEqual([]);
  });

  it('a text by itself has no path', () => {
    expect(pathsIn(key)).toEqual(['']);
  });
});
