import { isFailure } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { gateOf } from '../guard/gate.ts';
import { announcementOf } from '../report/announcement.ts';
import { claimLease, leaseResource } from './claim-lease.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { freezeEndsAt, withinWindow } from './freeze-window.ts';
import { haltedBy } from './halted.ts';
import { isolated, outwait } from './outwait.ts';
import { overtaken } from './overtaken.ts';
import { promotedBefore } from './promoted-before.ts';
import { tell } from './tell.ts';

/**
 * Stops all writes for a bounded time, so that the last of them can be followed to the other Region. The claim on the write
 * lease has an end: then the guard takes it back, whatever has become of this run.
 */
export const freeze = defineStep('freeze', async (context) => {
  const { deps, plan, run } = context;
  const terms = plan.policy.lease;
  if (terms === undefined) {
    const why = `the plan has no write lease: nothing else stops the writers of ${run.from.region} and lets them go on`;
    return { status: 'refused', refusal: 'not-freezable', why };
  }
  const isSealed = promotedBefore(context) !== undefined;
  const halted = isSealed ? undefined : await haltedBy(context);
  if (halted !== undefined) return halted;
  if (!isSealed && freezeEndsAt(context) === undefined) await announce(context);
  const endsAt = freezeEndsAt(context) ?? deps.clock.now() + plan.policy.failback.freezeSecondsMax * 1000;
  // Behind a promotion nobody may take the claim back any more.
  const lease = await claimLease(context, isSealed ? undefined : endsAt);
  if (lease === undefined) return claimIsGone(context);
  if (lease.region !== run.from.region) return outwait(context, { lease, terms, open: 'nothing to shut' });
  // In a dry run the lease is read, not claimed, and no gate is touched.
  const isClaimed = lease.claimedBy === run.id;
  const trouble = isClaimed ? await gateOf(plan, run.from.region, deps.outside)?.shut(run.epoch) : undefined;
  if (trouble === undefined) return isolated(context, { by: 'gate', region: run.from.region, epoch: run.epoch });
  const frozen = await outwait(context, { lease, terms, open: trouble });
  return isSealed ? frozen : withinWindow(context, frozen, endsAt);
});

/** Before anything stands still, so that a slow channel costs no write. A dead one does not hold the move up. */
async function announce(context: StepContext): Promise<void> {
  const { deps, plan, run } = context;
  await tell(context, announcementOf(run, plan.policy.failback.freezeSecondsMax)).catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    deps.log('error', error.message, { runId: run.id });
  });
}

/** By a newer run, or by the guard because the freeze was over before it had served. */
function claimIsGone({ entries, run }: StepContext): Outcome {
  const hadIt = entries.some(({ event, resource }) => resource === leaseResource && event === 'acted');
  if (!hadIt) return overtaken(run, 'has claimed the write lease');
  const why = `the freeze of ${run.from.region} is over, and its guard has taken the write lease back`;
  return { status: 'refused', refusal: 'freeze-too-long', why };
}
