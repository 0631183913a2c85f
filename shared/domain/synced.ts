import type { Instant } from './run.ts';

/** What the final sync of a planned run has proven: everything written before the freeze is in the Region being activated. */
export interface Synced {
  /** Where the frozen writer stood, as its database words it, e.g. a log sequence number. */
  readonly position: string;
  readonly at: Instant;
}
