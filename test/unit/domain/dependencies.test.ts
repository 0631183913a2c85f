import { describe, expect, it } from 'vitest';
import { dependenciesAmong } from '../../../shared/domain/dependencies.ts';

const node = (id: string, ...dependsOn: readonly string[]) => ({ id, dependsOn });

describe('what must be settled before a resource', () => {
  it.each<[string, readonly ReturnType<typeof node>[], readonly string[], readonly string[]]>([
    ['is what it depends on', [node('a', 'b'), node('b')], ['a', 'b'], ['b']],
    ['is nothing when that takes no part', [node('a', 'b'), node('b')], ['a'], []],
    [
      'is also what stands behind one that takes no part',
      [node('a', 'b'), node('b', 'c'), node('c')],
      ['a', 'c'],
      ['c'],
    ],
    ['is only the next one where that takes part', [node('a', 'b'), node('b', 'c'), node('c')], ['a', 'b', 'c'], ['b']],
    ['is each once', [node('a', 'b', 'd'), node('b', 'c'), node('d', 'c'), node('c')], ['a', 'c'], ['c']],
  ])('%s', (_title, all, taking, expected) => {
    expect(dependenciesAmong(all, node('a', ...(all[0]?.dependsOn ?? [])), new Set(taking))).toEqual(expected);
  });

  it('is found where millions of ways lead to one resource', () => {
    const layers = Array.from({ length: 24 }, (_, layer) => [`a-${layer}`, `b-${layer}`]);
    const all = layers.flatMap((ids, layer) => ids.map((id) => node(id, ...(layers[layer + 1] ?? ['end']))));
    expect(dependenciesAmong([...all, node('end')], node('start', 'a-0'), new Set(['end']))).toEqual(['end']);
  });
});
