import * as z from 'zod';

/** Plans name places, runs name directions. Only the two places that hold data can be left or activated. */
export const places = ['primary', 'recovery'] as const;
export type Place = (typeof places)[number];

/** Milliseconds since the Unix epoch, UTC. Every field that ends in `At` is one. */
export type Instant = number;

/** One end of a run: the place in the plan and the AWS Region behind it. */
export interface Side {
  readonly place: Place;
  readonly region: string;
}

/** `takeover`: the watchdog (shared/start/take-over.ts) found a run that gave no sign of life. */
export const triggers = ['alarm', 'manual', 'takeover'] as const;
export type Trigger = (typeof triggers)[number];

/**
 * What a run is for. `failover`: the Region in charge has failed. The others are planned: both Regions are well, and nothing may
 * be lost. `failback`: repair the other Region and move there. `switchover`: move there as it is. `reprotect`: only repair it.
 */
export const purposes = ['failover', 'failback', 'switchover', 'reprotect'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * What starts a run: the input of the state machine, written by `trigger`, by the CLI, or by hand in the Step Functions
 * console, where `{ "application": "shop" }` is enough.
 */
/** The reason of a run that nobody has explained. */
const byHand = 'started by hand';

export const RunRequest = z
  .object({
    application: z.string().min(1),
    trigger: z.enum(triggers).default('manual'),
    /** Default: what the state machine is for. */
    purpose: z.enum(purposes).optional(),
    /** The place to leave. Default: the place in charge. */
    from: z.enum(places).optional(),
    reason: z.string().max(500).default(byHand),
    /** When the trouble began, as far as the signals tell; ms since the epoch. Default: when the run was opened. */
    incidentAt: z.number().int().positive().optional(),
    /** A run started by hand goes ahead although a person has halted the application, or its cool-down is not over. */
    force: z.boolean().optional(),
    /** The run that a takeover continues. */
    takesOver: z.string().min(1).max(80).optional(),
    /** Look at everything and change nothing: says what a run would do (docs/adr/0013). */
    dryRun: z.boolean().optional(),
  })
  .refine(({ force, reason }) => force !== true || reason !== byHand, {
    path: ['reason'],
    error: 'force needs a reason: say why',
  });
export type RunRequest = z.infer<typeof RunRequest>;

/** A run as recorded in the coordination table when it was opened. It never changes afterwards. */
export interface Run {
  /** The name of the Step Functions execution. */
  readonly id: string;
  readonly application: string;
  readonly trigger: Trigger;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly from: Side;
  readonly to: Side;
  /** Fencing token: rises with each run that is opened; a write that carries a lower one takes no effect. */
  readonly epoch: number;
  readonly openedAt: Instant;
  readonly incidentAt: Instant;
  /** Since when `from` has been in charge; undefined: from the beginning. */
  readonly inChargeSince?: Instant | undefined;
  /** Started by hand, past the kill switch and the cool-down. */
  readonly forced?: boolean | undefined;
  /** The run that held the lock before and gave no sign of life: what it has done is this run's to finish or to undo. */
  readonly takesOver?: string | undefined;
}

/**
 * Where a run executes, and from where it speaks: in the Region being activated. A reprotect activates nothing; the Region
 * that it repairs may be the one that is down.
 */
export const seatOf = ({ from, purpose, to }: Pick<Run, 'from' | 'purpose' | 'to'>): Side =>
  purpose === 'reprotect' ? from : to;

/** Nothing forces a planned run to hurry: it loses nothing, or it stops. */
export const isPlanned = ({ purpose }: Pick<Run, 'purpose'>): boolean => purpose !== 'failover';
