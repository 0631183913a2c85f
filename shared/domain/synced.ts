import type { Instant } from './run.ts';

/** That all which was written before the freeze is in the Region being activated: what the final sync of a planned run proved. */
export interface Synced {
  /** Names the position at which the writer was frozen, as its database words it. */
  readonly why: string;
  readonly at: Instant;
}
