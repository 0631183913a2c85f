import type { Instant } from '../../../shared/domain/run.ts';
import type { Check } from '../../../shared/report/game-day-report.ts';
import type { ClientResult } from '../client/result.ts';
import type { Lab } from '../lab.ts';

/** A game day as a readable file: what happens, and by when it must be over. */
export interface Scenario {
  /** The word for `--scenario`. */
  readonly name: string;
  /** One sentence for `--list`. */
  readonly story: string;
  readonly settings: { readonly synchronous: boolean; readonly lease?: boolean };
  /** How long the application runs undisturbed before anything happens; ms. */
  readonly calmMs: number;
  /** The trouble itself. @returns the moment it struck */
  strike(lab: Lab): Promise<Instant>;
  /** The latest end of the run, counted from the trouble; ms. */
  readonly deadlineMs: number;
  /** How long the new state is watched after the run has ended; ms. */
  readonly watchMs: number;
  /** What happened to every process of the Region, for the timeline; default: it was killed. */
  readonly struck?: string;
  /** What happens once the run has ended. @returns what is to be judged when the client has told all it knows */
  aftermath?(lab: Lab): Promise<(result: ClientResult) => readonly Check[]>;
}
