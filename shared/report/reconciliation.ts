import * as z from 'zod';
import type { JournalEntry } from '../domain/journal.ts';
import type { OrphanRow } from '../domain/orphans.ts';
import { count, isoOf, plural } from './words.ts';

/** From when to when rows were written; ISO 8601. Null where no row tells. */
export interface TimeSpan {
  readonly firstWrittenAt: string | null;
  readonly lastWrittenAt: string | null;
}

export interface OrphanTable extends TimeSpan {
  readonly table: string;
  /** How many of its rows are written down. */
  readonly rows: number;
}

/** What one resource of the plan has found. */
export interface ReconciledResource {
  readonly resource: string;
  /** False when it could not compare, or not all: then there may be more. */
  readonly compared: boolean;
  /** How many rows there are, as far as was looked. */
  readonly total: number;
  readonly why: string;
  readonly tables: readonly OrphanTable[];
}

/** A row as the old primary has it; keys and values as JSON words them, times in ISO 8601. */
export interface ReplayableRow extends Pick<OrphanRow, 'table' | 'key' | 'row'> {
  readonly resource: string;
  readonly writtenAt?: string;
}

/** Which acknowledged writes exist only on the old primary: the rows that a person may replay. */
export interface Reconciliation extends TimeSpan {
  readonly schema: 1;
  readonly run: string;
  readonly reconciledAt: string;
  /** Whether all that is named was compared, and compared whole. */
  readonly compared: boolean;
  readonly total: number;
  /** How many of them are written down here; the old primary keeps them all. */
  readonly writtenDown: number;
  readonly resources: readonly ReconciledResource[];
  readonly rows: readonly ReplayableRow[];
}

/**
 * What the step Reconcile leaves in the journal: pieces of rows; after those of one invocation how far it came, and after the
 * last piece of a resource a summary. Both tell how many pieces are theirs.
 */
const HandedOn = z.object({ next: z.object({}), pieces: z.int().nonnegative() });
const Summary = z.object({ compared: z.boolean(), total: z.int().nonnegative(), pieces: z.int().nonnegative() });
const Row = z.object({
  table: z.string(),
  key: z.string(),
  row: z.record(z.string(), z.unknown()),
  writtenAt: z.number().optional(),
});
const Piece = z.object({ rows: z.array(Row) });

/** @returns undefined when this run has not reconciled anything */
export function reconciliationOf(entries: readonly JournalEntry[]): Reconciliation | undefined {
  const lines = entries.filter(({ event }) => event === 'reconciled');
  const found = lines.flatMap((line, index) => {
    const summary = Summary.safeParse(line.data);
    return summary.success ? [resourceOf(line, summary.data, lines.slice(0, index))] : [];
  });
  const last = lines.at(-1);
  if (found.length === 0 || last === undefined) return undefined;
  const rows = found.flatMap((one) => one.rows);
  return {
    schema: 1,
    run: last.runId,
    reconciledAt: isoOf(last.at),
    compared: found.every(({ told }) => told.compared),
    total: found.reduce((sum, { told }) => sum + told.total, 0),
    writtenDown: rows.length,
    ...spanOf(rows),
    resources: found.map(({ told }) => told),
    rows,
  };
}

function resourceOf(
  line: JournalEntry,
  { pieces, ...summary }: z.infer<typeof Summary>,
  before: readonly JournalEntry[],
) {
  const resource = line.resource ?? '';
  const own = before.filter((one) => one.resource === line.resource).map(({ data }) => data);
  const counted = piecesCounted([...own, { pieces, next: {} }]);
  const rows = counted.flatMap((piece) => piece.rows).map((row) => replayable(resource, row));
  const byTable = Map.groupBy(rows, ({ table }) => table);
  const tables = [...byTable].map(([table, some]) => ({ table, rows: some.length, ...spanOf(some) }));
  return { rows, told: { resource, ...summary, why: line.why, tables } };
}

/** Of an attempt that was broken off, some pieces may stand before those that count. */
function piecesCounted(lines: readonly unknown[]): readonly z.infer<typeof Piece>[] {
  const counted: z.infer<typeof Piece>[] = [];
  let open: z.infer<typeof Piece>[] = [];
  for (const line of lines) {
    const end = HandedOn.safeParse(line).data;
    const piece = Piece.safeParse(line).data;
    if (piece !== undefined) open.push(piece);
    if (end === undefined) continue;
    counted.push(...(end.pieces === 0 ? [] : open.slice(-end.pieces)));
    open = [];
  }
  return counted;
}

const replayable = (resource: string, { writtenAt, ...row }: z.infer<typeof Row>): ReplayableRow => ({
  resource,
  ...row,
  ...(writtenAt === undefined ? {} : { writtenAt: isoOf(writtenAt) }),
});

/** ISO 8601 in UTC sorts like the times it names. */
function spanOf(rows: readonly ReplayableRow[]): TimeSpan {
  const times = rows.flatMap(({ writtenAt }) => (writtenAt === undefined ? [] : [writtenAt])).sort();
  return { firstWrittenAt: times[0] ?? null, lastWrittenAt: times.at(-1) ?? null };
}

/** One row a line, as JSON: what other tools read row by row, and what has no opinion about SQL. */
export const renderRows = ({ rows }: Reconciliation): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** The report in one sentence. */
export function headline({ compared, total, writtenDown, ...span }: Reconciliation): string {
  const found = `${plural(total, 'acknowledged row')} only on the old primary${between(span)}`;
  const kept = writtenDown < total ? `, ${count(writtenDown)} of them written down` : '';
  return `${found}${kept}${compared ? '' : '; not everything was compared'}`;
}

export const between = ({ firstWrittenAt, lastWrittenAt }: TimeSpan): string =>
  firstWrittenAt === null ? '' : `, written ${firstWrittenAt} to ${lastWrittenAt}`;
