import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Instant, Run } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';

/** What the world remembers, independently of the code under test. Times are ms since the epoch. */
export interface Evidence {
  readonly plan: Plan;
  /** When the Region was taken away. */
  readonly lostAt: Instant;
  /** When the observation ended. */
  readonly endedAt: Instant;
  /** Every run that was opened, oldest first. */
  readonly runs: readonly Run[];
  /** The journal of the last run. */
  readonly entries: readonly JournalEntry[];
  /** How the execution of the last run ended; undefined while it runs. */
  readonly executionStatus: string | undefined;
  readonly calls: readonly ApiCall[];
  readonly dnsAnswers: readonly AddressAnswer[];
  readonly writers: WritersSeen;
  readonly lag: readonly LagSample[];
  /** Verification records of the run that are rows of the database in charge, by id. */
  readonly verificationRows: readonly string[];
  readonly acknowledgedWritesLost: number;
  readonly rpoSeconds: number;
}

/** What a client was told when it asked for the application's public name. */
export interface AddressAnswer {
  readonly at: Instant;
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface LagSample {
  readonly at: Instant;
  /** −1: replication was not active. */
  readonly lagSeconds: number;
}

/** From the databases themselves and from the clients' acknowledgements. */
export interface WritersSeen {
  readonly overlapMs: number;
  /** What the databases hold, those of both Regions if both answer. Empty where writing takes no lease. */
  readonly byEpoch: readonly EpochRows[];
  /** When the database of the recovery Region was first seen to accept writes. */
  readonly writableAt: Partial<Readonly<Record<string, Instant>>>;
  /** The Region that each address belongs to. */
  readonly regionOf: Readonly<Record<string, string>>;
}

/** The rows that one Region committed under one epoch of the lease. */
export interface EpochRows {
  readonly epoch: number;
  readonly region: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}
