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

export interface Orphans {
  /** False when the two databases could not be compared; `why` says why. */
  readonly compared: boolean;
  /** At most as many as the kind's plan allows; the old primary keeps them all. */
  readonly rows: readonly OrphanRow[];
  /** How many there are. */
  readonly total: number;
  readonly why: string;
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
