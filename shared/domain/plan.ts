import * as z from 'zod';
import { places } from './run.ts';

const seconds = z.number().positive();
const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS Region such as eu-west-1');
const Name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40');
const observers = [...places, 'witness'] as const;
export type Observer = (typeof observers)[number];

/**
 * Kinds of evidence that do not fail for one reason. `probe`: HTTP requests sent from outside. `replication`: the standby
 * has heard nothing new of the writer. `alarm`: what somebody else says, such as users' telemetry or a canary.
 */
const signalKinds = ['probe', 'replication', 'alarm'] as const;

/** One value per place that holds data: identifiers differ, and the code never assumes which one is in charge. */
export const perPlace = <T extends z.ZodType>(value: T) => z.strictObject({ primary: value, recovery: value });

/** A CloudWatch alarm that watches one place from another. Two kinds and two observers must agree (detection.ts). */
const Signal = z.strictObject({
  id: Name,
  kind: z.enum(signalKinds),
  /** Name of the alarm in the observer's Region. */
  alarm: z.string().min(1).max(255),
  observer: z.enum(observers),
  watches: z.enum(places).default('primary'),
  /** How long the trouble lasts before this alarm goes off: period × datapoints to alarm. Dates the incident back. */
  windowSeconds: seconds.default(30),
  /**
   * What INSUFFICIENT_DATA says. `failing` is for an alarm on what the watched place itself sends to its observer: a
   * Region that is gone falls silent. Silent probes and heartbeats are their observer's silence, so they say `nothing`.
   */
  missingData: z.enum(['nothing', 'failing']).default('nothing'),
});
export type Signal = z.infer<typeof Signal>;

const Detection = z.strictObject({
  probes: z.strictObject({
    primary: z.url(),
    recovery: z.url(),
    /** From the first failure on. */
    everySeconds: seconds.default(1),
    /**
     * While all is well. A minute, the finest rate of a schedule, costs a few cents a month; as often as `everySeconds` costs
     * a function that never ends, and notices trouble up to a minute sooner (docs/adr/0045).
     */
    quietEverySeconds: seconds.max(60).default(60),
    timeoutSeconds: seconds.default(1),
  }),
  signals: z.array(Signal).min(2),
  /** How many signals, of two kinds and from two observers, must be in alarm before a run may open by itself. */
  quorum: z.int().min(2).default(2),
  /** How long they must have been in alarm. CloudWatch looks again every 10 s: by default each was confirmed once. */
  holdSeconds: z.number().min(0).default(10),
  /**
   * URLs that have nothing to do with either place. An observer to which none of them answers is itself the sick one.
   * Without any, an observer that sees both places fail is.
   */
  selfCheck: z.array(z.url()).max(10).default([]),
  /** `warm`: both places answer their probes at rest. `cold`: the one at rest does not, and that says nothing of it. */
  standby: z.enum(['warm', 'cold']).default('warm'),
  /** How long a run that one alarm has started waits for the others to agree before it gives up. */
  agreeWithinSeconds: seconds.max(3600).default(600),
});

const PlannedPolicy = z.strictObject({
  /** `observe`: what an alarm starts is a dry run. People are told what would have been done, and nothing is changed. */
  mode: z.enum(['automatic', 'observe']).default('automatic'),
  isolation: z
    .strictObject({
      /**
       * How long the fences are tried before they count as unconfirmed. Default: 10 s, and 45 s where they alone can show that
       * a Region has stopped writing: ECS gives a task 30 s to end (API reference, ContainerDefinition, stopTimeout).
       */
      patienceSeconds: seconds.optional(),
      /** `stop` is the safe answer; `proceed` accepts that an unreachable Region may still be writing. */
      whenUnconfirmed: z.enum(['stop', 'proceed']).default('stop'),
    })
    .prefault({}),
  /**
   * With a lease, the Region in charge may write only while its guard renews it, and a Region that cannot be fenced is
   * outwaited. The application must honour the gate (docs/adr/0010-the-write-lease.md).
   */
  lease: z
    .strictObject({
      /** How long one grant lasts. */
      seconds,
      /** Pause between two renewals. */
      renewEverySeconds: seconds,
      /** By how much the clocks of any two machines may differ. */
      skewSeconds: seconds,
      /** Where each place takes grants: PUT { epoch, expiresAt } opens it until then, DELETE { epoch } closes it. */
      gate: perPlace(z.url()),
    })
    .optional(),
  /**
   * Who has to agree before data is promoted: `automatic` nobody, `manual` a person each time, `when-lossy` a person when
   * anything may be lost. A loss above the RPO, or an unknown one, needs a person in any case.
   */
  approval: z.enum(['automatic', 'manual', 'when-lossy']).default('automatic'),
  /** How long a run waits for that person before it stops and is restored. */
  approvalWithinSeconds: seconds.max(43_200).default(1800),
  /** No second run starts by itself within so long after the end of one, unless a person has acknowledged it. */
  coolDownSeconds: z.number().min(0).default(3600),
  /** A run that can go neither forward nor back waits for a person, pages again, and gives up at last. */
  hold: z
    .strictObject({ pageEverySeconds: seconds.default(900), giveUpAfterSeconds: seconds.max(86_400).default(86_400) })
    .prefault({}),
  /** The terms of planned runs: failback, switchover, reprotect (docs/adr/0034). */
  failback: z
    .strictObject({
      /** For how long all signals must have called the Region well to which a run returns. */
      stableSeconds: z.number().min(0).default(600),
      /** The longest time for which writes may stand still before the promotion; then the freeze ends by itself. */
      freezeSecondsMax: seconds.max(3600).default(60),
    })
    .prefault({}),
  /** A run that gave no sign of life for so long may be taken over. */
  takeOverAfterSeconds: seconds.default(120),
  /** The plan knows that some of its resources need a global control plane during a failover (docs/kinds.md). */
  acceptsControlPlane: z.array(z.enum(['route53'])).default([]),
});

const Policy = PlannedPolicy.transform((policy) => {
  const { isolation, lease } = policy;
  const needsFences = lease === undefined && isolation.whenUnconfirmed === 'stop';
  return {
    ...policy,
    isolation: { ...isolation, patienceSeconds: isolation.patienceSeconds ?? (needsFences ? 45 : 10) },
  };
});

const Pace = z.strictObject({
  /** Pause between two looks at a resource inside one invocation. */
  pollSeconds: seconds.default(1),
  /** How long one invocation keeps looking before the state machine waits instead. Well below the Lambda timeout. */
  patienceSeconds: seconds.max(240).default(45),
  /** How long an effect may stay invisible before the same action may be asked for again. */
  visibilitySeconds: seconds.default(30),
  /** Connection and request timeout of one API call; also what one call to a dead Region costs. */
  callTimeoutSeconds: seconds.max(30).default(2),
  /** The latest time at which a step must have settled, counted from its first start. */
  stepDeadlineSeconds: seconds.default(1800),
});

/** A resource as written in the plan. What else it carries is checked by its kind's own schema (shared/plan/load.ts). */
const PlannedResource = z.looseObject({
  id: Name,
  kind: z.string().min(1),
  dependsOn: z.array(z.string()).default([]),
});

const Notification = z.strictObject({
  channel: z.literal('sns'),
  /** One topic per place; the one in the Region that is being activated is used. */
  ...perPlace(z.string().regex(/^arn:aws[a-z-]*:sns:/, 'the ARN of an SNS topic')).shape,
});
export type Notification = z.infer<typeof Notification>;

/** The shape of `plans/*.plan.yml`. Contradictions between fields are found by `planProblems` (plan-problems.ts). */
export const PlanFile = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(1),
  application: Name,
  regions: z.strictObject({ primary: Region, recovery: Region, witness: Region }),
  objectives: z.strictObject({ rtoSeconds: seconds, rpoSeconds: z.number().min(0) }),
  detection: Detection,
  policy: Policy.prefault({}),
  pace: Pace.prefault({}),
  resources: z.array(PlannedResource).min(1).max(1000),
  notifications: z.array(Notification).default([]),
});
export type PlanFile = z.infer<typeof PlanFile>;
export type LeaseTerms = NonNullable<PlanFile['policy']['lease']>;
export type Detection = PlanFile['detection'];

/** Whether observers look less often, and publish nothing, while all is well. */
export const pausesWhenQuiet = ({ detection: { probes } }: Pick<PlanFile, 'detection'>): boolean =>
  probes.quietEverySeconds > probes.everySeconds;

export type Objectives = PlanFile['objectives'];
export type Pace = PlanFile['pace'];

/** A resource whose spec its kind has accepted. */
export interface Resource {
  readonly id: string;
  readonly kind: string;
  readonly dependsOn: readonly string[];
  readonly spec: unknown;
}

/** A validated plan. */
export interface Plan extends Omit<PlanFile, 'resources' | '$schema'> {
  readonly resources: readonly Resource[];
}
