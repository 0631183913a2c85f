import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Instant, Place, Run } from '../../shared/domain/run.ts';
import type { Mark } from '../../shared/report/timeline.ts';
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
  /** The runs before the last, oldest first, with what they wrote. */
  readonly earlier: readonly RunSeen[];
  /** Every execution that was started, oldest first, also those that opened no run. */
  readonly executions: readonly ExecutionSeen[];
  /** Why no failover was due; left out where one was. */
  readonly notDue?: string;
  readonly calls: readonly ApiCall[];
  readonly dnsAnswers: readonly AddressAnswer[];
  readonly writers: WritersSeen;
  readonly lag: readonly LagSample[];
  /** Verification records of the run that are rows of the database in charge, by id. */
  readonly verificationRows: readonly string[];
  /** Null: the database in charge did not answer, so nobody could count. */
  readonly acknowledgedWritesLost: number | null;
  readonly rpoSeconds: number | null;
  /** How the lost writes came to be lost; left out where nobody went home. */
  readonly lostOnTheWay?: LostOnTheWay | null;
}

export interface LostOnTheWay {
  /** Acknowledged by a Region that then failed, and not in the data that the application went on with. */
  readonly orphaned: number;
  /** Of these, still rows of an old primary that was put aside. */
  readonly orphansKept: number;
  /** Acknowledged by anybody while a planned run moved the application, and lost. */
  readonly inPlannedRuns: number;
}

export interface RunSeen {
  readonly run: Run;
  readonly entries: readonly JournalEntry[];
}

export interface ExecutionSeen {
  /** Also the id of the run that it opens. */
  readonly name: string;
  /** As Step Functions knows the machine; left out where there is only one. */
  readonly machine?: string;
  /** Where it runs; left out where runs only have one place. */
  readonly place?: Place;
  /** As Step Functions words it, e.g. `RUNNING`. */
  readonly status: string;
  readonly endedAt?: Instant;
  /** The process that ran it was killed: nobody is left who could end it. */
  readonly isOrphaned: boolean;
}

/** What can be looked at while the game day goes on: the API history, DNS, and what executions and journals say. */
export type Seen = Pick<
  Evidence,
  'calls' | 'dnsAnswers' | 'earlier' | 'entries' | 'executions' | 'lostAt' | 'plan' | 'runs'
>;

/** What a scenario's expectations are judged by: also what clients and databases said, and what was done on purpose. */
export interface ScenarioEvidence extends Evidence {
  /** The log of the client that writes through the public name, in the order of acknowledgement. */
  readonly acknowledgements: readonly Acknowledged[];
  /** What became of orders that somebody sent to a Region's own address. */
  readonly directOrders: readonly DirectOrder[];
  /** What each database answered at the end, by Region. */
  readonly databases: Readonly<Record<string, DatabaseState>>;
  /** What the scenario did, in order. */
  readonly marks: readonly Mark[];
}

export interface Acknowledged {
  readonly region: string;
  readonly sentAt: Instant;
  readonly acknowledgedAt: Instant;
}

export interface DirectOrder {
  readonly region: string;
  readonly at: Instant;
  readonly outcome: 'taken' | 'refused' | 'unanswered';
  /** The reason in the answer, such as `no-lease`. */
  readonly reason: string;
}

export type DatabaseState = 'writer' | 'standby' | 'unreachable';

/** The journals of all runs, each from its first line, in the order in which the runs were opened. */
export const journalsOf = ({ earlier, entries }: Pick<Evidence, 'earlier' | 'entries'>) => [
  ...earlier.map((one) => one.entries),
  entries,
];

/** All runs, oldest first, each with what it wrote. */
export const runsSeen = ({
  earlier,
  entries,
  runs,
}: Pick<Evidence, 'earlier' | 'entries' | 'runs'>): readonly RunSeen[] => {
  const run = runs.at(-1);
  return run === undefined ? earlier : [...earlier, { run, entries }];
};

/** When the run was closed; undefined: it is open, or was taken over. */
export const closedAt = ({ entries }: Pick<RunSeen, 'entries'>): Instant | undefined =>
  entries.find(({ event }) => event === 'run-closed')?.at;

/** What a client was told when it asked for the application's public name. */
export interface AddressAnswer {
  readonly at: Instant;
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface LagSample {
  readonly at: Instant;
  /** Of the standby; left out where there is only one. */
  readonly region?: string;
  /** −1: replication was not active. */
  readonly lagSeconds: number;
}

/** From the databases themselves and from the clients' acknowledgements. */
export interface WritersSeen {
  readonly overlapMs: number;
  /** What the databases hold, those of both Regions if both answer. Empty where writing takes no lease. */
  readonly byEpoch: readonly EpochRows[];
  /** The times in which a Region's database was no standby, in the order in which they began. */
  readonly terms: readonly WritableTerm[];
  /** The Region that each address belongs to. */
  readonly regionOf: Readonly<Record<string, string>>;
}

export interface WritableTerm {
  readonly region: string;
  /** 0: from the start. */
  readonly since: Instant;
  /** Left out: to the end. */
  readonly until?: Instant;
}

/** The rows that one Region committed under one epoch of the lease. */
export interface EpochRows {
  readonly epoch: number;
  readonly region: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}
