import { type Outcome, worst } from '../domain/outcome.ts';
import type { Instant } from '../domain/run.ts';
import { leaseResource } from './claim-lease.ts';
import type { StepContext } from './define-step.ts';
import { promotedBefore } from './promoted-before.ts';
import { settlePhase } from './tasks.ts';

/**
 * When the freeze ends by itself: the first one, of this run or of one that it has taken over; undefined before there was one. In
 * a dry run nothing stands still, so it never ends.
 */
export function freezeEndsAt({ entries, takenOver }: Pick<StepContext, 'entries' | 'takenOver'>): Instant | undefined {
  const told = [...takenOver.toReversed().flat(), ...entries].filter(
    ({ resource, step }) => step === 'freeze' && resource === leaseResource,
  );
  if (told.some(({ event }) => event === 'would-act')) return Number.POSITIVE_INFINITY;
  const claim = told.find(({ event }) => event === 'intended');
  return (claim?.data as { readonly action?: { readonly endsAt?: Instant } } | undefined)?.action?.endsAt;
}

/** Whoever waits while nobody can write must not wait longer than the plan allows. */
export function withinWindow({ deps, plan, run }: StepContext, outcome: Outcome, endsAt: Instant): Outcome {
  if (outcome.status !== 'waiting' || deps.clock.now() < endsAt) return outcome;
  const { freezeSecondsMax } = plan.policy.failback;
  const why = `writes in ${run.from.region} stood still for ${freezeSecondsMax} s; last: ${outcome.why}`;
  return { status: 'refused', refusal: 'freeze-too-long', why };
}

/** Settles a phase while writes stand still: it does not look for longer than that. */
export async function settleFrozen(
  context: StepContext,
  phase: 'final-sync' | 'compare',
  whenNothing: string,
): Promise<Outcome> {
  const promoted = promotedBefore(context);
  if (promoted !== undefined) return { status: 'settled', why: `proven before: ${promoted}` };
  const { deps, plan } = context;
  const endsAt = freezeEndsAt(context) ?? deps.clock.now();
  const leftSeconds = Math.max(0, (endsAt - deps.clock.now()) / 1000);
  const outcomes = await settlePhase(context, phase, Math.min(plan.pace.patienceSeconds, leftSeconds));
  return withinWindow(context, worst(outcomes, whenNothing), endsAt);
}
