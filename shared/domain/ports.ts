import type { Directive } from './directive.ts';
import type { JournalEntry, JournalNote } from './journal.ts';
import type { WriteLease } from './lease.ts';
import type { Phase } from './phase.ts';
import type { Plan } from './plan.ts';
import type { Instant, Purpose, Run, RunRequest, Side } from './run.ts';

/** Injected time. The simulator's runs ahead of the wall, so nothing below functions/ reads a real clock. */
export interface Clock {
  now(): Instant;
  sleep(ms: number): Promise<void>;
}

/** One line of structured log; `why` is the sentence a person reads. */
export type Log = (level: 'info' | 'warn' | 'error', why: string, fields?: Readonly<Record<string, unknown>>) => void;

export type Opening =
  | { readonly status: 'opened'; readonly run: Run }
  | { readonly status: 'run-over' }
  | { readonly status: 'run-active'; readonly runId: string; readonly heartbeatAt: Instant }
  | { readonly status: 'region-not-in-charge'; readonly activeRegion: string }
  | { readonly status: 'plan-changed' }
  | { readonly status: 'cooling-down'; readonly runId: string; readonly until: Instant }
  | { readonly status: 'nothing-to-take-over'; readonly runId: string | undefined };

export interface OpenRun {
  readonly runId: string;
  readonly request: RunRequest;
  readonly purpose: Purpose;
  /** Of the plan that this code has. A planned run demands that it is the one of the last run. */
  readonly planHash: string;
  readonly from: Side;
  readonly to: Side;
  /** Who is in charge before the first run: the Region of the plan's primary. */
  readonly inChargeAtFirst: string;
  /** A run whose last heartbeat is older than this may be taken over. */
  readonly staleAfterMs: number;
  /** How long after the end of a run no other one is opened, unless it was acknowledged or the request has `force`. */
  readonly coolDownMs: number;
}

/** The state of one application, shared by all Regions. */
export interface Charge {
  readonly activeRegion: string;
  readonly epoch: number;
  readonly runId?: string;
}

/**
 * `abandoned`: ended by a person after the point of no return; the Region being activated has the data. `protected`: the Region
 * that is not in charge can take over again.
 */
export const runEnds = ['recovered', 'stopped', 'abandoned', 'protected'] as const;
export type RunEnd = (typeof runEnds)[number];

/** Who is in charge once a run has ended so. */
export const inChargeAfter = ({ from, to }: Run, end: RunEnd): string =>
  end === 'recovered' || end === 'abandoned' ? to.region : from.region;

export interface EndedRun {
  readonly id: string;
  readonly end: RunEnd;
  readonly endedAt: Instant;
  /** Who has said that its causes are known, so that another run may start by itself. */
  readonly acknowledgedBy?: string | undefined;
}

/** All that the run lock tells of an application. */
export interface LockState extends Omit<Charge, 'runId'> {
  /** The last sign of life of the open run; without one, when the last run ended. */
  readonly heartbeatAt: Instant;
  readonly currentRun?: Run | undefined;
  readonly lastRun?: EndedRun | undefined;
  /** When the Region in charge got the charge; undefined when it was so from the beginning. */
  readonly inChargeSince?: Instant | undefined;
}

/** The run lock and the epoch. Each method is one single-item conditional write or one strongly consistent read. */
export interface RunLock {
  /** Opens the run, or returns the same run again when it is already open: repeating is safe. */
  open(wanted: OpenRun): Promise<Opening>;
  /** True while this run holds the lock at its epoch; also its heartbeat. */
  hold(run: Run): Promise<boolean>;
  /** Gives the lock back; who is in charge from then on says `inChargeAfter`. False when a newer run holds it. */
  close(run: Run, end: RunEnd): Promise<boolean>;
  run(runId: string): Promise<Run | undefined>;
  /** What tells one plan from another: SHA-256 over its canonical JSON; hex. */
  hashOf(plan: Plan): string;
  /** Who is in charge; undefined before the first run. */
  charge(application: string): Promise<Charge | undefined>;
  state(application: string): Promise<LockState | undefined>;
  /** Ends the cool-down after a run. False when that run is not the last one, or another one is open. */
  acknowledge(application: string, ended: { readonly runId: string; readonly by: string }): Promise<boolean>;
}

/** The write lease. Each change is one conditional write of one item; the proof stands in coordination/lease.ts. */
export interface LeaseStore {
  read(application: string): Promise<WriteLease | undefined>;
  /** Puts the lease into the table, unclaimed and without a grant. False when there is one already. */
  begin(application: string, first: Pick<WriteLease, 'region' | 'epoch'>): Promise<boolean>;
  /** A later end for the same Region and epoch. Undefined when it is claimed, handed over, or ends later already. */
  renew(application: string, lease: WriteLease, expiresAt: Instant): Promise<WriteLease | undefined>;
  /**
   * From then on nobody can renew it, so its `expiresAt` is final. Undefined when a newer run has claimed it, or this run
   * has handed it over or given it back before. With an end, the guard of the Region that has the lease takes the claim back
   * from then on, until it is sealed.
   */
  claim(run: Run, claimEndsAt?: Instant): Promise<WriteLease | undefined>;
  /** The claim of this run has no end any more. False when it is not there any more. Repeating is safe. */
  seal(run: Run): Promise<boolean>;
  /** Takes a claim away whose end has passed. False when it was sealed meanwhile, or is not there any more. */
  release(application: string, claim: Pick<WriteLease, 'epoch' | 'claimedBy'>): Promise<boolean>;
  /** The first grant of the Region being activated. Undefined when this run holds no claim. Repeating is safe. */
  grant(run: Run, expiresAt: Instant): Promise<WriteLease | undefined>;
  /** Takes the claim away, so that the Region it was claimed from can renew again. False when it is not there any more. */
  giveBack(application: string, claim: Pick<WriteLease, 'epoch' | 'claimedBy'>): Promise<boolean>;
  /**
   * Hands a claimed lease to another Region, without a grant: for the one in charge, when the run of the claim is over. To be
   * called only once the last grant has been outwaited. False when the claim is not there any more.
   */
  inherit(application: string, claim: Pick<WriteLease, 'epoch' | 'claimedBy'>, region: string): Promise<boolean>;
}

export interface Journal {
  append(note: JournalNote): Promise<JournalEntry>;
  /** All entries of the run, oldest first. */
  read(runId: string): Promise<readonly JournalEntry[]>;
  /** The first entry that breaks the hash chain, and how; undefined when a whole journal holds. */
  firstBreak(entries: readonly JournalEntry[]): { readonly sequence: number; readonly why: string } | undefined;
}

/** What was last seen of a resource in one phase, with the Region in charge at that time. */
export interface RecordedFacts {
  readonly at: Instant;
  readonly facts: unknown;
}

export interface FactsKey {
  readonly application: string;
  readonly resource: string;
  readonly phase: Phase;
  /** The Region that was in charge, so that facts of one direction are never used for the other. */
  readonly fromRegion: string;
}

/** Facts recorded while all was well, for the day when the Region that knew them does not answer. */
export interface FactsStore {
  record(key: FactsKey, recorded: RecordedFacts): Promise<void>;
  last(key: FactsKey): Promise<RecordedFacts | undefined>;
}

/** What people have recorded about single runs. */
export interface DirectiveStore {
  record(runId: string, directive: Directive): Promise<void>;
  /** Oldest first, also those that have expired. */
  read(runId: string): Promise<readonly Directive[]>;
}

/** A person's order that no run of this application starts by itself. */
export interface Halt {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

export interface KillSwitch {
  halted(application: string): Promise<Halt | undefined>;
  halt(application: string, halt: Halt): Promise<void>;
  resume(application: string): Promise<void>;
}

export interface Coordination {
  readonly lock: RunLock;
  readonly lease: LeaseStore;
  readonly journal: Journal;
  readonly facts: FactsStore;
  readonly directives: DirectiveStore;
  readonly killSwitch: KillSwitch;
}
