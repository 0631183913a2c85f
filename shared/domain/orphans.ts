import * as z from 'zod';
import type { Instant } from './run.ts';

/** A row that only the old primary has: it was acknowledged there, and never replicated. */
export interface OrphanRow {
  readonly table: string;
  /** Its key, as the database words it. */
  readonly key: string;
  /** As plain JSON, so that a person can replay it. */
  readonly row: Readonly<Record<string, unknown>>;
  readonly writtenAt?: Instant;
}

/** Where a search was broken off that goes on in the next invocation, and what all parts before have found. */
export const Bookmark = z.object({
  table: z.string(),
  /** The key at which the last chunk begins that was read. */
  chunk: z.string(),
  /** Chunks that differed and were read. */
  chunks: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Rows that were written down. */
  rows: z.int().nonnegative(),
});
export type Bookmark = z.infer<typeof Bookmark>;

/** As much of a search as one invocation does. */
export interface Stretch {
  /** Left out: from the beginning. */
  readonly after?: Bookmark;
  /** Asked after each chunk: false breaks the search off there. It is also a sign of life of the run. */
  goesOn(): Promise<boolean>;
}

export interface Orphans {
  /** False when the two databases could not be compared; `why` says why. */
  readonly compared: boolean;
  /** Those of this stretch, and in all at most as many as the kind's plan allows; the old primary keeps them all. */
  readonly rows: readonly OrphanRow[];
  /** How many there are, those of earlier stretches included. */
  readonly total: number;
  readonly why: string;
  /** There is more to be searched, from here. */
  readonly next?: Bookmark;
}

/** An item of DynamoDB takes 400 KB, of which a line of the journal needs little itself. */
const pieceMax = { rows: 50, characters: 100_000 } as const;

/** Rows in pieces of which each fits into one line of the journal; a row that is longer stands alone. */
export function piecesOf(rows: readonly OrphanRow[]): readonly (readonly OrphanRow[])[] {
  const pieces: OrphanRow[][] = [];
  let characters = 0;
  for (const row of rows) {
    const length = JSON.stringify(row).length;
    const last = pieces.at(-1);
    if (last === undefined || last.length === pieceMax.rows || characters + length > pieceMax.characters) {
      pieces.push([row]);
      characters = length;
    } else {
      last.push(row);
      characters += length;
    }
  }
  return pieces;
}
