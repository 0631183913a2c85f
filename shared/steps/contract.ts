import * as z from 'zod';
import type { Outside } from '../aws/outside.ts';
import type { Status } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock, Coordination, Log } from '../domain/ports.ts';
import type { Refusal } from '../domain/refusals.ts';
import { type Purpose, RunRequest } from '../domain/run.ts';

/** Which purposes the runs of a state machine may have; the first one where the request names none. */
export const purposesOfMachine = {
  failover: ['failover'],
  failback: ['failback', 'switchover'],
  reprotect: ['reprotect'],
} as const satisfies Record<string, readonly Purpose[]>;
export type MachineId = keyof typeof purposesOfMachine;
export const machineIds = ['failover', 'failback', 'reprotect'] as const satisfies readonly MachineId[];

/** What the state machine gives every step: the run's id and the request, never facts or the plan's body. */
export const StepInput = z.object({
  /** Which of statemachines/ runs this step. */
  machine: z.enum(machineIds).default('failover'),
  /** `$$.Execution.Name` */
  runId: z.string().min(1).max(80),
  /** `$$.Execution.StartTime` */
  startedAt: z.iso.datetime({ offset: true }),
  request: RunRequest,
  /** Before a freeze: load what the step will need, and do nothing (docs/adr/0049). */
  warm: z.literal(true).optional(),
});
export type StepInput = z.infer<typeof StepInput>;

/** What a step answers. The state machine's Choice reads `status`, its Wait reads `retryAfterSeconds`. */
export interface StepResult {
  readonly step: StepId;
  /** `superseded`: a newer run has taken over, and this one has no say any more. */
  readonly status: Status | 'superseded';
  /** At most `whyLengthMax` characters; the journal has it all. */
  readonly why: string;
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;
  readonly refusal?: Refusal;
}

export const whyLengthMax = 1000;

/** What the steps stand on: made by functions/_lambda.ts on AWS, by the lab, or by the simulator. */
export interface Deps {
  /** The Region this code runs in. */
  readonly region: string;
  /** The failover machine in this Region; `shared/start/machine-of.ts` knows the others by it. */
  readonly stateMachineArn: string;
  /** Validated when the functions were built, by application. */
  readonly plans: ReadonlyMap<string, Plan>;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
  readonly coordination: Coordination;
  /**
   * There when the plan only observes: `outside` is on a leash then, and this way is open for the one message that tells
   * people what would have been done.
   */
  readonly toPeople?: Outside;
}

/** One step of the state machine. Running it again at any moment is safe. */
export interface Step {
  readonly id: StepId;
  run(input: StepInput, deps: Deps): Promise<StepResult>;
}
