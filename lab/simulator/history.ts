import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Instant, Run } from '../../shared/domain/run.ts';
import type { LagSample } from '../checkers/evidence.ts';
import type { ApiCall } from '../cloud/history.ts';
import type { Acknowledgement, NameAnswer } from './clients.ts';
import type { Switched } from './consumers.ts';
import type { Strike } from './faults.ts';
import type { Promoted } from './replication.ts';
import type { Commit } from './shop.ts';

/** An execution of the state machine, and how it ended. */
export interface ExecutionStory {
  readonly name: string;
  readonly region: string;
  readonly isDryRun: boolean;
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** A run that was opened, with its journal and the execution of its name. */
export interface RunStory {
  readonly run: Run;
  readonly entries: readonly JournalEntry[];
  readonly execution: ExecutionStory | undefined;
}

export interface Happened {
  readonly id: string;
  readonly at: Instant;
  endedAt?: Instant;
}

/** All that is known of a day when it is over. Checkers read this and nothing else. Times are true, unless said otherwise. */
export interface DayHistory {
  readonly plan: Plan;
  readonly startedAt: Instant;
  /** From then on nothing was wrong with the world any more. */
  readonly healedAt: Instant;
  readonly endedAt: Instant;
  /** Why the day was not over within its bound; undefined when all came to rest. */
  readonly unrest: string | undefined;
  readonly happened: readonly Happened[];
  /** The call faults that struck, in order. */
  readonly struck: readonly Strike[];
  readonly calls: readonly ApiCall[];
  readonly commits: readonly Commit[];
  readonly acknowledgements: readonly Acknowledgement[];
  readonly answers: readonly NameAnswer[];
  readonly lag: readonly LagSample[];
  /** What the event sources of a plan that has some really were, as it changed. */
  readonly switched: readonly Switched[];
  /** How far the clocks of a Region were ahead, all day; ms. */
  readonly skewMs: Readonly<Record<string, number>>;
  /** The Regions whose database became the writer during the day. */
  readonly promotions: readonly Promoted[];
  /** What the database that became the writer last holds in the end. */
  readonly lastRows: ReadonlySet<string>;
  /** Oldest first, by epoch. Dry runs are not among them. */
  readonly runs: readonly RunStory[];
  readonly executions: readonly ExecutionStory[];
  /** When the application was halted by a person, and until when. */
  readonly halts: readonly { readonly at: Instant; endedAt?: Instant }[];
  /** Errors of the model itself: a day with any proves nothing. */
  readonly troubles: readonly string[];
}
