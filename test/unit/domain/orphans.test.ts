import { describe, expect, it } from 'vitest';
import { type OrphanRow, piecesOf } from '../../../shared/domain/orphans.ts';

const row = (key: number, text = ''): OrphanRow => ({ table: 'orders', key: String(key), row: { text } });
const rows = (count: number): readonly OrphanRow[] => Array.from({ length: count }, (_, key) => row(key));

describe('orphaned rows in pieces', () => {
  it.each([
    [0, []],
    [1, [1]],
    [50, [50]],
    [101, [50, 50, 1]],
  ])('%s rows', (count, lengths) => {
    expect(piecesOf(rows(count)).map(({ length }) => length)).toEqual(lengths);
    expect(piecesOf(rows(count)).flat()).toEqual(rows(count));
  });

  it('count all that a piece has already', () => {
    const short = [row(1, 'x'.repeat(40_000)), row(2, 'x'.repeat(40_000)), row(3, 'x'.repeat(40_000))];
    expect(piecesOf(short).map(({ length }) => length)).toEqual([2, 1]);
  });

  it('stay below the size of an item, and none is lost', () => {
    const long = [row(1, 'x'.repeat(60_000)), row(2, 'x'.repeat(60_000)), row(3, 'x'.repeat(300_000)), row(4)];
    expect(piecesOf(long).map((piece) => piece.map(({ key }) => key))).toEqual([['1'], ['2'], ['3'], ['4']]);
  });
});
