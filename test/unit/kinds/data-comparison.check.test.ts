import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../shared/kinds/contract.ts';
import { type Comparison, check, type Facts } from '../../../shared/kinds/data-comparison/check.ts';
import {
  chunksToSearch,
  differencesOf,
  differingKeys,
  orphansOf,
} from '../../../shared/kinds/data-comparison/differences.ts';
import { comparePositions } from '../../../shared/kinds/data-comparison/positions.ts';
import { type Row, type Table, Tables } from '../../../shared/kinds/data-comparison/protocol.ts';
import { Spec } from '../../../shared/kinds/data-comparison/spec.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const spec = Spec.parse({
  primary: { url: 'https://primary.example.com/understudy' },
  recovery: { url: 'https://recovery.example.com/understudy' },
  positions: 'lsn',
});
const sync: Goal = {
  phase: 'final-sync',
  run: sampleRun({ purpose: 'failback', from: recovery, to: primary }),
  objectives: { rtoSeconds: 300, rpoSeconds: 30 },
  now: 0,
  recorded: {},
  surveyed: {},
};
const compare: Goal = { ...sync, phase: 'compare' };

const frozen = { answered: true, position: '0/30', writable: false } as const;
const standby = { answered: true, position: '0/30', writable: false, replica: true } as const;
const silent = { answered: false, why: 'ECONNREFUSED' } as const;
const facts = (changes: Partial<Facts> = {}): Facts => ({ from: frozen, to: standby, ...changes });

const soon = { verdict: 'wait', retryAfterSeconds: 1 };
const broken = { verdict: 'refuse', refusal: 'replica-broken' };
const differs = { verdict: 'refuse', refusal: 'data-differs' };

const doubts: readonly [string, Partial<Facts>, object][] = [
  ['the Region being left does not answer', { from: silent }, soon],
  ['the Region being activated does not answer', { to: silent }, soon],
  ['the writer is not frozen', { from: { ...frozen, writable: true } }, soon],
  ['the writer is a replica itself', { from: { ...frozen, replica: true } }, soon],
  ['the replica takes writes', { to: { ...standby, writable: true } }, broken],
  ['the replica says that it is none', { to: { ...standby, replica: false } }, broken],
  ['the replica is behind by one', { to: { ...standby, position: '0/2F' } }, soon],
  ['a position is no LSN', { from: { ...frozen, position: 'thirty' } }, soon],
];

describe('final-sync', () => {
  it.each(doubts)('is not settled while %s', (_title, changes, expected) => {
    expect(check(sync, spec, facts(changes))).toMatchObject(expected);
  });

  it.each<[string, Partial<Facts>]>([
    ['eu-central-1', { from: silent }],
    ['eu-west-1', { to: silent }],
  ])('says that the database in %s does not answer, and why', (region, changes) => {
    const why = `the database in ${region} does not answer: ECONNREFUSED`;
    expect(check(sync, spec, facts(changes)).why).toBe(why);
  });

  it('is settled once everything has arrived, and names both positions', () => {
    const why = 'nothing is missing: eu-west-1 is at 0/31, the frozen eu-central-1 at 0/30';
    expect(check(sync, spec, facts({ to: { ...standby, position: '0/31' } }))).toEqual({ verdict: 'settled', why });
  });
});

describe('compare', () => {
  const equal: Comparison = {
    tables: 2,
    rows: 1_000_000,
    differing: 0,
    differences: [],
    missing: [],
    from: frozen,
    to: standby,
  };
  const compared = (changes: Partial<Comparison> = {}): Facts =>
    facts({ comparison: { answered: true, ...equal, ...changes } });

  it.each(doubts)('is not settled while %s', (_title, changes, expected) => {
    expect(check(compare, spec, { ...compared(), ...changes })).toMatchObject(expected);
  });

  it.each(doubts)('is not settled when, after the checksums, %s', (_title, changes, expected) => {
    const { from = frozen, to = standby } = changes;
    expect(check(compare, spec, compared({ from, to }))).toMatchObject(expected);
  });

  it.each<[string, Facts, object]>([
    ['nothing was compared yet', facts(), soon],
    ['the tables cannot be read', facts({ comparison: silent }), soon],
    ['a table of the plan does not exist', compared({ missing: ['ordrs'] }), differs],
    ['there is no table at all', compared({ tables: 0, rows: 0 }), differs],
    ['one chunk differs', compared({ differing: 1 }), differs],
  ])('is not settled while %s', (_title, seen, expected) => {
    expect(check(compare, spec, seen)).toMatchObject(expected);
  });

  it('is settled when all is equal, and says what that covers', () => {
    const why = '2 tables with 1000000 rows are equal, at 0/30';
    expect(check(compare, spec, compared())).toEqual({ verdict: 'settled', why });
  });

  it('names table, chunk and first keys of a difference, and counts the rest', () => {
    const difference = { table: 'orders', chunk: '10000', what: '7 and 6 rows', keys: ['10003', '10004'] };
    const seen = compared({ differing: 4, differences: [difference, { table: 'items', what: 'gone', keys: [] }] });
    expect(check(compare, spec, seen).why).toBe(
      'the data differs (left and activated): orders, chunk from 10000: 7 and 6 rows, first keys 10003, 10004; items: gone; and 2 more',
    );
  });

  it.each([
    [3, 't1: gone; t2: gone; t3: gone'],
    [4, 't1: gone; t2: gone; t3: gone; and 1 more'],
  ])('tells three of %i differences in words', (differing, words) => {
    const differences = Array.from({ length: differing }, (_, index) => ({
      table: `t${index + 1}`,
      what: 'gone',
      keys: [],
    }));
    const { why } = check(compare, spec, compared({ differing, differences }));
    expect(why).toBe(`the data differs (left and activated): ${words}`);
  });
});

describe('positions', () => {
  it.each<[string, string, 'lsn' | 'number', number | undefined]>([
    ['0/16B3748', '0/16B3748', 'lsn', 0],
    ['1/0', '0/FFFFFFFF', 'lsn', 1],
    ['0/ff', '0/100', 'lsn', -1],
    ['A/0', '9/0', 'lsn', 1],
    ['0/123456789', '0/1', 'lsn', undefined],
    ['12', '0/1', 'lsn', undefined],
    ['9', '10', 'number', -1],
    ['9007199254740993', '9007199254740992', 'number', 1],
    ['-1', '0', 'number', undefined],
    ['0x10', '0', 'number', undefined],
  ])('%s and %s as %s', (one, other, form, expected) => {
    expect(comparePositions(one, other, form)).toBe(expected);
  });
});

const table = (name: string, ...chunks: readonly [from: string, rows: number, checksum: string][]): Table => ({
  table: name,
  rows: chunks.reduce((sum, [, rows]) => sum + rows, 0),
  checksum: chunks.map(([, , checksum]) => checksum).join('+'),
  chunks: chunks.map(([from, rows, checksum]) => ({ from, rows, checksum })),
});

describe('differences', () => {
  const orders = table('orders', ['0', 3, 'a'], ['10', 2, 'b']);

  it.each<[string, readonly Table[], readonly Table[], readonly object[]]>([
    ['equal tables have none', [orders], [orders], []],
    [
      'the order of chunks and tables does not count',
      [orders, table('x')],
      [table('x'), { ...orders, chunks: orders.chunks.toReversed() }],
      [],
    ],
    [
      'a chunk without rows is as good as none',
      [orders],
      [{ ...orders, chunks: [...orders.chunks, { from: '20', rows: 0, checksum: 'nil' }] }],
      [],
    ],
    [
      'a chunk with another checksum',
      [orders],
      [table('orders', ['0', 3, 'a'], ['10', 2, 'B'])],
      [{ table: 'orders', chunk: '10', what: '2 and 2 rows, not the same' }],
    ],
    [
      'a chunk with another number of rows',
      [orders],
      [table('orders', ['0', 3, 'a'], ['10', 1, 'b'])],
      [{ table: 'orders', chunk: '10', what: '2 and 1 rows' }],
    ],
    [
      'a chunk that only one side has',
      [orders],
      [table('orders', ['0', 3, 'a'])],
      [{ table: 'orders', chunk: '10', what: '2 and 0 rows' }],
    ],
    [
      'a chunk that only the other side has',
      [table('orders', ['0', 3, 'a'])],
      [orders],
      [{ table: 'orders', chunk: '10', what: '0 and 2 rows' }],
    ],
    [
      'a table that only the Region being left has',
      [orders],
      [],
      [{ table: 'orders', what: 'only the Region being left has this table' }],
    ],
    [
      'a table that only the one being activated has',
      [],
      [orders],
      [{ table: 'orders', what: 'only the Region being activated has this table' }],
    ],
    [
      'sums that differ although no chunk does',
      [orders],
      [{ ...orders, checksum: 'z' }],
      [{ table: 'orders', what: '5 and 5 rows with different checksums, in equal chunks' }],
    ],
  ])('%s', (_title, from, to, expected) => {
    expect(differencesOf(from, to)).toEqual(expected);
  });

  it('whatever one side has more, less or otherwise is found', () => {
    const chunk = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 8 }), fc.nat(), fc.boolean(), (chunks, which, drop) => {
        const whole = chunks.map(([rows, sum], index) => [String(index), rows, sum] as [string, number, string]);
        const at = which % whole.length;
        const changed = whole.flatMap(([from, rows, sum], index): [string, number, string][] => {
          if (index !== at) return [[from, rows, sum]];
          return drop ? [] : [[from, rows, `${sum}!`]];
        });
        const found = differencesOf([table('t', ...whole)], [table('t', ...changed)]);
        expect(found.map((one) => one.chunk)).toEqual([String(at)]);
      }),
    );
  });
});

describe('an answer that would hide a difference is none', () => {
  const orders = table('orders', ['0', 3, 'a']);
  it.each<[string, readonly object[]]>([
    ['a table twice', [orders, orders]],
    ['a chunk twice', [{ ...orders, rows: 6, chunks: [...orders.chunks, ...orders.chunks] }]],
    ['chunks that do not make up the rows', [{ ...orders, rows: 4 }]],
    ['a table without a checksum', [{ ...orders, checksum: '' }]],
  ])('%s', (_title, tables) => {
    expect(Tables.safeParse({ tables }).success).toBe(false);
  });
});

describe('orphans', () => {
  const row = (key: string, item: string, writtenAt?: number): Row => ({
    key,
    row: { item },
    ...(writtenAt === undefined ? {} : { writtenAt }),
  });

  it.each<[string, readonly Row[], readonly Row[], readonly string[]]>([
    ['a row that the writer has not', [row('1', 'a')], [row('1', 'a'), row('2', 'b')], ['2']],
    ['not one that only the writer has', [row('1', 'a'), row('2', 'b')], [row('1', 'a')], []],
    ['a row that was written later than the writer’s', [row('1', 'a', 5)], [row('1', 'b', 6)], ['1']],
    ['not one that the writer has written later', [row('1', 'a', 7)], [row('1', 'b', 6)], []],
    ['not one of another content whose time is unknown', [row('1', 'a')], [row('1', 'b', 6)], []],
  ])('%s', (_title, from, to, keys) => {
    expect(orphansOf('orders', from, to).map(({ key }) => key)).toEqual(keys);
  });

  it('carry their table, their row and their time', () => {
    expect(orphansOf('orders', [], [row('1', 'a', 5)])).toEqual([
      { table: 'orders', key: '1', row: { item: 'a' }, writtenAt: 5 },
    ]);
  });

  it('are looked for only where the old primary has a chunk that differs', () => {
    const from = [table('orders', ['0', 3, 'a'], ['10', 2, 'b'], ['20', 1, 'c'])];
    const to = [table('orders', ['0', 3, 'a'], ['10', 2, 'B'], ['30', 1, 'd']), table('items', ['0', 1, 'x'])];
    expect(chunksToSearch(from, to)).toEqual([
      { table: 'orders', chunk: '10' },
      { table: 'orders', chunk: '30' },
      { table: 'items', chunk: '0' },
    ]);
  });

  it('the keys of a difference are those of rows that are missing or not the same, whatever the order of fields', () => {
    const from = [{ key: '1', row: { a: 1, b: { c: 2, d: 3 } } }, row('2', 'x'), row('3', 'x')];
    const to = [{ key: '1', row: { b: { d: 3, c: 2 }, a: 1 } }, row('2', 'y'), row('4', 'x')];
    expect(differingKeys(from, to)).toEqual(['2', '3', '4']);
  });
});
