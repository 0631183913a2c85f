import type { ZodType } from 'zod';
import type { Outside } from '../aws/outside.ts';
import type { Decision } from '../domain/decision.ts';
import type { Charged, DriftNote } from '../domain/drift.ts';
import type { AcceptedLoss, LossEstimate } from '../domain/loss.ts';
import type { Orphans, Stretch } from '../domain/orphans.ts';
import type { Phase, StepId } from '../domain/phase.ts';
import type { Objectives } from '../domain/plan.ts';
import type { RecordedFacts } from '../domain/ports.ts';
import type { Instant, Place, Run, Side } from '../domain/run.ts';
import type { Synced } from '../domain/synced.ts';

/** Which resource state is wanted: in this phase, of this run, from one Region to the other. */
export interface Target {
  readonly phase: Phase;
  readonly run: Run;
}

/** All that a decision may depend on besides the spec and the facts. */
export interface Goal extends Target {
  readonly objectives: Objectives;
  /** When the facts were observed; ms since the epoch. */
  readonly now: Instant;
  /** What was last recorded of this resource while all was well, by phase; empty if nothing was. */
  readonly recorded: KnownFacts;
  /** What this run's survey saw of it before the run changed anything, by phase; empty until then. */
  readonly surveyed: KnownFacts;
  /** What was last recorded of it while the Region being activated was in charge: phases of `remembers` only. */
  readonly recordedInCharge?: KnownFacts;
  /** What this run, or one it has taken over, may have done to it in this phase, by type of action, and not undone. */
  readonly intended?: readonly string[];
  /** What people have accepted to lose in this run; undefined when nobody was asked. */
  readonly acceptedLoss?: AcceptedLoss;
  /** What the final sync of this planned run has proven; undefined until then, and always in a failover. */
  readonly synced?: Synced;
}

export type KnownFacts = Readonly<Partial<Record<Phase, RecordedFacts>>>;

export type Undo<Action> = Action | { readonly irreversible: string };

/** A phase of a run from one Region to the other, before there is such a run. */
export interface Leg {
  readonly phase: Phase;
  readonly from: Side;
  readonly to: Side;
}

/** ARNs by IAM action; `shared/domain/arn.ts` writes them. */
export type Arns = Readonly<Record<string, readonly string[]>>;

/** A CloudWatch metric that says how far a standby is behind; s. */
export interface LagMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What was seen after the charge has moved, each phase as a failover would see it that goes *to* that place. */
export interface Handover<Facts> extends Charged {
  readonly seen: Readonly<Partial<Record<Place, Readonly<Partial<Record<Phase, Facts>>>>>>;
}

/** What infrastructure code believes wrongly once the charge has moved. */
export interface Drift<Spec, Facts> {
  /** The phases whose facts it needs. They are observed although no run is open. */
  readonly phases: readonly Phase[];
  /** Must be pure. Says nothing about what was not seen. */
  notes(spec: Spec, handover: Handover<Facts>): readonly DriftNote[];
}

/** How calls to a global control plane are declared, so that a plan must accept them by name. */
export type ControlPlane = 'route53';

/** One kind of resource: five verbs and what must be known about it. One folder in shared/kinds/ each. */
export interface ResourceKind<Spec, Facts, Action extends { readonly type: string }> {
  /** The folder's name, which is also the word in the plan. */
  readonly id: string;
  /** The phases it takes part in. It is never asked about others. */
  readonly phases: readonly Phase[];
  /** What the plan says about a resource of this kind: identifiers per place. */
  readonly spec: ZodType<Spec>;
  /** IAM actions that observe and act need. */
  readonly iam: readonly string[];
  /** Those of them that change something in some steps only: no other step may have them. Default: all steps that act. */
  readonly iamOnlyIn?: Readonly<Record<string, readonly StepId[]>>;
  /** Conditions of IAM, by action, that bind one which no resource binds. */
  readonly iamConditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Must be pure: on what each of these actions is needed in one phase of a run. Only actions that AWS does not bind to
   * resources may be allowed on `*`, and one that changes anything only with a condition. The deployment grants exactly
   * this.
   */
  arns(spec: Spec, leg: Leg): Arns;
  /** Global control planes that act needs. A plan that uses this kind must accept them. */
  readonly controlPlanes: readonly ControlPlane[];

  /** False where the plan leaves this resource out of a phase: nobody looks at it there. Default: true. */
  takesPart?(phase: Phase, spec: Spec): boolean;

  /**
   * Whether nothing can write any more through this resource once it is settled in isolate. False for one that only hinders
   * writers, or that the plan leaves alone: it is settled like the others, and Isolate needs another proof. Default: true.
   */
  provesIsolation?(spec: Spec): boolean;

  /**
   * Must only read. Must return "not there" and, for the Region being left, "does not answer" as facts rather than
   * throw. Must not decide. Facts are plain JSON: they are recorded.
   */
  observe(spec: Spec, target: Target, outside: Outside): Promise<Facts>;

  /** What the dashboard shows beside the RPO, where such a metric exists. */
  lagMetric?(spec: Spec, standby: Side): LagMetric;

  /** False for facts that say "does not answer": they decide, but must not be recorded as what was. Default: true. */
  isComplete?(facts: Facts): boolean;

  /** Must be pure and total: each doubt refuses or waits, the last line alone acts. */
  check(goal: Goal, spec: Spec, facts: Facts): Decision<Action>;

  /**
   * Must be pure: what promoting it now would lose; undefined when it has been promoted. A kind without it loses nothing.
   * Its `check` must not act beyond the RPO unless the goal has the loss accepted.
   */
  estimateLoss?(goal: Goal, spec: Spec, facts: Facts): LossEstimate | undefined;

  /**
   * Must only read: the rows that only `to` has, the Region being returned to. Asked before anything there is changed. Must
   * make some headway in each stretch, and break off when it is told to.
   */
  reconcile?(spec: Spec, target: Target, outside: Outside, stretch: Stretch): Promise<Orphans>;

  /** Phases whose facts, recorded while the Region being activated was in charge, `check` needs. Default: none. */
  readonly remembers?: readonly Phase[];

  /** For `understudy drift`. A kind without it changes nothing that infrastructure code describes. */
  readonly drift?: Drift<Spec, Facts>;

  /** Must make one mutating call that is safe to repeat. Must not decide, wait or look. */
  act(action: Action, spec: Spec, target: Target, outside: Outside): Promise<void>;

  /** Must be pure: the action that puts back what was seen before, or why nothing can. */
  undo(action: Action, before: Facts): Undo<Action>;

  /**
   * Must be pure: why an undo must not be carried out on what is there now; undefined when it may. For undos that destroy
   * something. Facts are undefined when nothing could be seen. Default: all may.
   */
  mustNotUndo?(undo: Action, facts: Facts | undefined): string | undefined;
}

/** A kind whose types only its own folder knows. */
export type AnyKind = ResourceKind<unknown, unknown, { readonly type: string }>;
