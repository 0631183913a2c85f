import type { OrphanRow } from '../../domain/orphans.ts';
import type { Row, Table } from './protocol.ts';

/** A part of a table in which the two places do not hold the same. */
export interface Difference {
  readonly table: string;
  /** The key at which the chunk begins; undefined when the whole table is meant. */
  readonly chunk?: string;
  /** In words, with both numbers where there are numbers. */
  readonly what: string;
}

/** Every row is covered: each chunk of each table, the sums over them, and what only one side has. */
export function differencesOf(from: readonly Table[], to: readonly Table[]): readonly Difference[] {
  const [inFrom, inTo] = [byName(from), byName(to)];
  return [...new Set([...inFrom.keys(), ...inTo.keys()])].sort().flatMap((table) => {
    const [one, other] = [inFrom.get(table), inTo.get(table)];
    if (one === undefined) return [{ table, what: 'only the Region being activated has this table' }];
    if (other === undefined) return [{ table, what: 'only the Region being left has this table' }];
    const chunks = chunkDifferences(one, other);
    if (chunks.length > 0 || sameSum(one, other)) return chunks;
    return [{ table, what: `${one.rows} and ${other.rows} rows with different checksums, in equal chunks` }];
  });
}

function chunkDifferences(one: Table, other: Table): readonly Difference[] {
  const { table } = one;
  const [mine, theirs] = [byFrom(one), byFrom(other)];
  return [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((chunk) => {
    const [left, right] = [mine.get(chunk) ?? absent, theirs.get(chunk) ?? absent];
    if (sameSum(left, right)) return [];
    return [
      { table, chunk, what: `${left.rows} and ${right.rows} rows${left.rows === right.rows ? ', not the same' : ''}` },
    ];
  });
}

type Sum = Pick<Table, 'rows' | 'checksum'>;

const absent: Sum = { rows: 0, checksum: '' };

/** Whatever the checksum of nothing is. */
const sameSum = (one: Sum, other: Sum): boolean =>
  one.rows === other.rows && (one.rows === 0 || one.checksum === other.checksum);

type ChunkRef = Required<Omit<Difference, 'what'>>;

/**
 * The chunks in which `to` may have rows that `from` has not: those that differ and that `to` has at all.
 * @param after only those that follow on this one; its tables are those of a Region at rest, so their order is always the same
 * @returns undefined when `to` has no such chunk any more
 */
export function chunksToSearch(
  from: readonly Table[],
  to: readonly Table[],
  after?: ChunkRef,
): readonly ChunkRef[] | undefined {
  const inFrom = byName(from);
  const all = to.flatMap(({ chunks, table }) => chunks.map((chunk) => ({ table, chunk })));
  const read =
    after === undefined ? -1 : all.findIndex((one) => one.table === after.table && one.chunk.from === after.chunk);
  if (after !== undefined && read < 0) return undefined;
  const sumsOf = new Map(to.map(({ table }) => [table, byFrom(inFrom.get(table) ?? { chunks: [] })]));
  return all
    .slice(read + 1)
    .filter(({ chunk, table }) => !sameSum(chunk, sumsOf.get(table)?.get(chunk.from) ?? absent))
    .map(({ chunk, table }) => ({ table, chunk: chunk.from }));
}

/**
 * The rows that `from` has not: by their key, or because `to` has written the same key later. A row that `from` has changed or
 * deleted since cannot be told from one that never came: it counts as well, unless the times say otherwise.
 */
export function orphansOf(table: string, from: readonly Row[], to: readonly Row[]): readonly OrphanRow[] {
  const known = new Map(from.map((row) => [row.key, row]));
  const isOrphan = ({ key, writtenAt }: Row): boolean => {
    const other = known.get(key);
    return other === undefined || (writtenAt ?? 0) > (other.writtenAt ?? Number.POSITIVE_INFINITY);
  };
  return to.filter(isOrphan).map(({ key, row, writtenAt }) => ({
    table,
    key,
    row,
    ...(writtenAt === undefined ? {} : { writtenAt }),
  }));
}

/** The keys of rows that are not the same on both sides, in the order of the keys. */
export function differingKeys(from: readonly Row[], to: readonly Row[]): readonly string[] {
  const [one, other] = [textByKey(from), textByKey(to)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key)).sort();
}

const textByKey = (rows: readonly Row[]): ReadonlyMap<string, string> =>
  new Map(rows.map(({ key, row }) => [key, canonical(row)]));

/** Fields in one order, however deep: two databases need not name them in the same one. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const byName = (tables: readonly Table[]): ReadonlyMap<string, Table> => new Map(tables.map((one) => [one.table, one]));

const byFrom = ({ chunks }: Pick<Table, 'chunks'>): ReadonlyMap<string, Table['chunks'][number]> =>
  new Map(chunks.map((chunk) => [chunk.from, chunk]));
