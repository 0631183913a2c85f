import type { Intent, WouldAct } from '../domain/journal.ts';
import type { WriteLease } from '../domain/lease.ts';
import { Leashed } from '../domain/leashed.ts';
import type { Instant } from '../domain/run.ts';
import type { Effect } from '../domain/undo.ts';
import { note, type StepContext } from './define-step.ts';

/** Under this name the journal keeps what a run does to the lease; the blank keeps it apart from the plan's resources. */
export const leaseResource = 'write lease';

/**
 * Takes the lease away from whoever holds it, so that it can only run out. The intent is written down before, with its
 * undo: a claim that is not given back would stop the application.
 * @param claimEndsAt when the guard takes the claim back, unless it is sealed
 * @returns undefined when a newer run has it, or when it has been given back
 */
export async function claimLease(context: StepContext, claimEndsAt?: Instant): Promise<WriteLease | undefined> {
  const { deps, entries, run } = context;
  const told = (event: 'intended' | 'acted') =>
    entries.some((entry) => entry.resource === leaseResource && entry.event === event);
  const line = (event: 'intended' | 'acted' | 'rejected', why: string, data?: unknown) =>
    note(context, event, why, { resource: leaseResource, data });
  const ends = claimEndsAt === undefined ? {} : { endsAt: claimEndsAt };
  const intent: Intent = { action: { type: 'claim', ...ends }, undo: { type: 'give-back' } };
  if (!told('intended'))
    await line('intended', `claim the write lease: ${run.from.region} cannot renew it then`, intent);
  let lease: WriteLease | undefined;
  try {
    lease = await deps.coordination.lease.claim(run, claimEndsAt);
  } catch (error) {
    if (!(error instanceof Leashed)) throw error;
    const would: WouldAct = { ...intent, call: error.call };
    await note(context, 'would-act', `claim the write lease of ${run.from.region}`, {
      resource: leaseResource,
      data: would,
    });
    return (await deps.coordination.lease.read(run.application)) ?? { region: run.from.region, epoch: 0, expiresAt: 0 };
  }
  if (lease === undefined) await line('rejected', 'the write lease is not there for this run any more');
  else if (!told('acted')) await line('acted', `the write lease of ${lease.region} is claimed`, lease);
  return lease;
}

/** @returns what is left of the claim; nothing, when it is given back or not there any more */
export async function giveLeaseBack({ deps, plan, run }: StepContext, { entry }: Effect): Promise<undefined> {
  // After a takeover the claim may be that of the run before, and so is the journal that has the intent.
  const { epoch, runId, sequence } = entry;
  const isGiven = await deps.coordination.lease.giveBack(plan.application, { epoch, claimedBy: runId });
  const why = isGiven
    ? `given back: ${run.from.region} can renew the write lease again`
    : `${runId} does not have the write lease any more`;
  const line = { step: 'restore', event: 'undone', resource: leaseResource, why, data: sequence } as const;
  await deps.coordination.journal.append({ runId, epoch: run.epoch, ...line });
  return undefined;
}
