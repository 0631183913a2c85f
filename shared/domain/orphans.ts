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
