import { describe, expect, it } from 'vitest';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { piecesOf } from '../../../shared/domain/orphans.ts';
import { type Reconciliation, reconciliationOf, renderRows } from '../../../shared/report/reconciliation.ts';
import { renderReconciliation, renderReconciliationHtml } from '../../../shared/report/render-reconciliation.ts';
import { entriesOf } from '../../support/sample-run.ts';
import { noon } from '../../support/virtual-clock.ts';
import { elements, problemsOf } from './well-formed.ts';

const row = (table: string, key: string, writtenAt?: number) => ({
  table,
  key,
  row: { id: key, item: `of ${table}` },
  ...(writtenAt === undefined ? {} : { writtenAt }),
});

/** As the step Reconcile writes it. */
function reconciled(resource: string, rows: readonly ReturnType<typeof row>[], summary: object = {}) {
  const pieces = piecesOf(rows);
  const line = { step: 'reconcile', event: 'reconciled', resource } as const;
  return [
    ...pieces.map((piece) => ({ ...line, why: 'piece', data: { rows: piece } })),
    {
      ...line,
      why: `${resource}: told`,
      data: { compared: true, total: rows.length, pieces: pieces.length, ...summary },
    },
  ];
}

const iso = (offset: number): string => new Date(noon + offset).toISOString();
const reportOf = (...notes: readonly Partial<JournalNote>[]): Reconciliation | undefined =>
  reconciliationOf(entriesOf(...notes));

describe('from the journal', () => {
  it('of a search in several parts, the rows of all of them, and none of one that was broken off', () => {
    const line = { step: 'reconcile', event: 'reconciled', resource: 'orders-data', why: 'part' } as const;
    const piece = (key: string) => ({ ...line, data: { rows: [row('orders', key)] } });
    const handedOn = { ...line, data: { next: { table: 'orders', chunk: 'a' }, pieces: 1 } };
    const summary = { ...line, data: { compared: true, total: 2, pieces: 1 } };
    const report = reportOf(piece('lost'), piece('1'), handedOn, piece('broken off'), piece('2'), summary);
    expect(report).toMatchObject({ total: 2, writtenDown: 2, rows: [{ key: '1' }, { key: '2' }] });
  });

  it('a run that has reconciled nothing has no report', () => {
    expect(reportOf({ event: 'surveyed' }, { event: 'settled', step: 'reconcile' })).toBeUndefined();
  });

  it('rows, counts and time span, by table', () => {
    const rows = [row('orders', '1', noon + 20), row('items', 'a'), row('orders', '2', noon - 10)];
    expect(reportOf(...reconciled('orders-data', rows))).toEqual({
      schema: 1,
      run: 'run-1',
      reconciledAt: iso(1),
      compared: true,
      total: 3,
      writtenDown: 3,
      firstWrittenAt: iso(-10),
      lastWrittenAt: iso(20),
      resources: [
        {
          resource: 'orders-data',
          compared: true,
          total: 3,
          why: 'orders-data: told',
          tables: [
            { table: 'orders', rows: 2, firstWrittenAt: iso(-10), lastWrittenAt: iso(20) },
            { table: 'items', rows: 1, firstWrittenAt: null, lastWrittenAt: null },
          ],
        },
      ],
      rows: [
        { resource: 'orders-data', table: 'orders', key: '1', row: { id: '1', item: 'of orders' }, writtenAt: iso(20) },
        { resource: 'orders-data', table: 'items', key: 'a', row: { id: 'a', item: 'of items' } },
        {
          resource: 'orders-data',
          table: 'orders',
          key: '2',
          row: { id: '2', item: 'of orders' },
          writtenAt: iso(-10),
        },
      ],
    });
  });

  it('all pieces of many rows', () => {
    const many = Array.from({ length: 120 }, (_, index) => row('orders', String(index)));
    expect(reportOf(...reconciled('orders-data', many))?.rows.map(({ key }) => key)).toEqual(
      many.map(({ key }) => key),
    );
  });

  it('not those of an attempt that was broken off before its summary', () => {
    const rows = [row('orders', '1'), row('orders', '2')];
    const brokenOff = reconciled('orders-data', rows).slice(0, -1);
    const report = reportOf(...brokenOff, ...reconciled('orders-data', rows));
    expect(report?.rows.map(({ key }) => key)).toEqual(['1', '2']);
  });

  it('several resources, each with its own rows', () => {
    const [one, other] = [
      reconciled('a', [row('x', '1')]),
      reconciled('b', [row('y', '2')], { compared: false, total: 9 }),
    ];
    const report = reportOf(...one, ...other);
    expect(report).toMatchObject({ compared: false, total: 10, writtenDown: 2 });
    expect(report?.resources.map(({ tables }) => tables.map(({ table }) => table))).toEqual([['x'], ['y']]);
  });

  it('no rows at all', () => {
    expect(reportOf(...reconciled('a', []))).toMatchObject({ total: 0, rows: [], firstWrittenAt: null });
  });

  it('what is not of this form is left out, and nothing breaks', () => {
    const strange = { step: 'reconcile', event: 'reconciled', resource: 'a', data: { rows: 'none' } } as const;
    expect(reportOf(strange, ...reconciled('a', [row('x', '1')]))).toMatchObject({ total: 1, writtenDown: 1 });
  });
});

const hostile = '<script>alert(1)</script>"\'&\u0000\u202e\n</td>';
const nasty = reportOf(
  ...reconciled(hostile, [{ table: hostile, key: hostile, row: { [hostile]: hostile } as never }], {
    compared: false,
    total: 5,
  }),
) as Reconciliation;

describe('as JSON lines', () => {
  it('each row is one line, whatever it contains', () => {
    const lines = renderRows(nasty).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(nasty.rows);
  });
});

describe('as text', () => {
  it('tells the numbers, and that not everything was compared', () => {
    const report = reportOf(
      ...reconciled('a', [row('x', '1', noon), row('x', '2', noon + 5)], { compared: false, total: 9 }),
    );
    expect(renderReconciliation(report as Reconciliation)).toBe(
      [
        `9 acknowledged rows only on the old primary, written ${iso(0)} to ${iso(5)}, 2 of them written down; not everything was compared`,
        'a: told',
        `  x: 2 rows, written ${iso(0)} to ${iso(5)}`,
        '',
      ].join('\n'),
    );
  });

  it('hostile names move no cursor', () => {
    expect(renderReconciliation(nasty)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });
});

describe('as a page', () => {
  const page = renderReconciliationHtml(nasty);

  it('is well-formed, with hostile values in every place', () => {
    expect(problemsOf(page)).toEqual([]);
    expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(5);
  });

  it('runs nothing and asks nobody', () => {
    expect(
      elements(page).filter((name) => ['script', 'img', 'link', 'iframe', 'object', 'form', 'a'].includes(name)),
    ).toEqual([]);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/https?:|url\(|@import/);
  });

  it('says how many rows it does not show', () => {
    const many = Array.from({ length: 1002 }, (_, index) => row('orders', `key-${index}`));
    const long = renderReconciliationHtml(reportOf(...reconciled('a', many)) as Reconciliation);
    expect(long).toContain('2 more rows: in the JSON');
    expect(long).toContain('key-999');
    expect(long).not.toContain('key-1000');
  });

  it('says that no row is written down', () => {
    expect(renderReconciliationHtml(reportOf(...reconciled('a', [])) as Reconciliation)).toContain(
      'No row is written down.',
    );
  });
});
