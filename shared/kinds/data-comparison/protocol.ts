import * as z from 'zod';

/**
 * What the query endpoint of a database answers; the README describes it for those who write one. Foreign, so it is parsed.
 * Both places must cut a table into the same chunks: a chunk is known by the key at which it begins.
 */
const Checksum = z.string().min(1).max(200);
const Rows = z.int().nonnegative();

/** `GET {url}/position` */
export const Position = z.object({
  position: z.string().min(1).max(200),
  /** Whether a write would be accepted now: false for a standby, and for a writer that is frozen. */
  writable: z.boolean(),
  /** Whether the database takes its data from another one. */
  replica: z.boolean().optional(),
});
export type Position = z.infer<typeof Position>;

const Chunk = z.object({ from: z.string().max(1000), rows: Rows, checksum: Checksum });

const Table = z
  .object({ table: z.string().min(1).max(200), rows: Rows, checksum: Checksum, chunks: z.array(Chunk) })
  .refine(({ chunks }) => distinct(chunks.map(({ from }) => from)), 'two chunks begin at the same key')
  .refine(({ chunks, rows }) => sum(chunks.map((chunk) => chunk.rows)) === rows, 'the chunks do not make up the rows');
export type Table = z.infer<typeof Table>;

/** `GET {url}/tables`, with `?table=…` once for each table that the plan names. */
export const Tables = z.object({
  tables: z
    .array(Table)
    .max(10_000)
    .refine((tables) => distinct(tables.map(({ table }) => table)), 'a table is named twice'),
});

const Row = z.object({
  key: z.string().max(1000),
  row: z.record(z.string(), z.unknown()),
  /** ms since the epoch */
  writtenAt: z.int().positive().optional(),
});
export type Row = z.infer<typeof Row>;

/** `GET {url}/tables/T/chunks?from=F` */
export const ChunkRows = z.object({ rows: z.array(Row) });

/** An answer is received as far as here: about 80,000 chunks, or a chunk of 10,000 rows of 600 bytes. Lambda ends at 6 MB. */
export const answerBytesMax = 6_291_456;

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
