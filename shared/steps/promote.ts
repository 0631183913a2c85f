import { outwaitUntil } from '../domain/lease.ts';
import { Leashed } from '../domain/leashed.ts';
import { type Outcome, worst } from '../domain/outcome.ts';
import type { LeaseTerms } from '../domain/plan.ts';
import { type Instant, isPlanned } from '../domain/run.ts';
import { gateOf } from '../guard/gate.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { freezeEndsAt, withinWindow } from './freeze-window.ts';
import { haltedBy } from './halted.ts';
import { type IsolationProof, proofIn, proofSentence } from './isolation-proof.ts';
import { promotedBefore } from './promoted-before.ts';
import { syncedIn } from './synced.ts';
import { settlePhase } from './tasks.ts';

/** Turns the standby data into the writer: the point of no return. It demands the proof that Isolate or Freeze has left. */
export const promote = defineStep('promote', async (context) => {
  // Behind its promotion a run only goes forward: halted there, neither Region could write.
  const halted = promotedBefore(context) === undefined ? await haltedBy(context) : undefined;
  if (halted !== undefined) return halted;
  const proof = proofIn(context.entries);
  if (proof === undefined) {
    const why = `no proof in the journal that ${context.run.from.region} has stopped writing`;
    return { status: 'refused', refusal: 'not-isolated', why };
  }
  const remainingMs = stillToOutwaitMs(proof, context);
  if (remainingMs > 0) {
    const why = `${proofSentence(proof)}: by the clock here that is ${remainingMs} ms ahead`;
    return { status: 'waiting', why, retryAfterSeconds: remainingMs / 1000 };
  }
  const unproven = isPlanned(context.run) ? await notToBePromoted(context) : undefined;
  if (unproven !== undefined) return unproven;
  const endsAt = freezeOf(context);
  const patience = patienceSeconds(context, endsAt);
  const promoted = worst(await settlePhase(context, 'promote', patience), 'no data to promote');
  if (promoted.status === 'waiting' && endsAt !== undefined) return stillFrozen(context, promoted, endsAt);
  if (promoted.status !== 'settled') return promoted;
  const isolated = `${proofSentence(proof)}; ${promoted.why}`;
  const terms = context.plan.policy.lease;
  return terms === undefined ? { status: 'settled', why: isolated } : handOver(context, terms, isolated);
});

/**
 * A planned run loses nothing, or it stops. Sealing ends the time in which the guard may take the claim back: from then on
 * only this promotion ends the freeze, so the other Region cannot begin to write beside it.
 */
async function notToBePromoted({ deps, entries, run }: StepContext): Promise<Outcome | undefined> {
  if (syncedIn(entries) === undefined) {
    const why = `no proof in the journal that ${run.to.region} has everything that ${run.from.region} has`;
    return { status: 'refused', refusal: 'not-synced', why };
  }
  const sealed = await unlessLeashed(() => deps.coordination.lease.seal(run));
  if (sealed !== false) return undefined;
  const why = `the freeze of ${run.from.region} was over before its database could be promoted`;
  return { status: 'refused', refusal: 'freeze-too-long', why };
}

/** A failover that has pre-empted a planned run is bound by no freeze: it has a Region to leave. */
const freezeOf = (context: StepContext): Instant | undefined =>
  isPlanned(context.run) ? freezeEndsAt(context) : undefined;

/** Writes stand still: nobody looks longer than the freeze lasts for a moment in which promotion is possible. */
function patienceSeconds({ deps, plan }: StepContext, endsAt: Instant | undefined): number {
  const leftSeconds = endsAt === undefined ? Number.POSITIVE_INFINITY : (endsAt - deps.clock.now()) / 1000;
  return leftSeconds > 0 ? Math.min(plan.pace.patienceSeconds, leftSeconds) : plan.pace.patienceSeconds;
}

/** A promotion that could not even be asked for within the freeze never will be: Restore lets writes go on. */
async function stillFrozen(context: StepContext, promoted: Outcome, endsAt: Instant): Promise<Outcome> {
  const { deps, run, takenOver } = context;
  if (deps.clock.now() < endsAt) return promoted;
  // Read again: this very invocation may have asked.
  const entries = await deps.coordination.journal.read(run.id);
  const isAsked = promotedBefore({ entries, takenOver }) !== undefined;
  return isAsked ? promoted : withinWindow(context, promoted, endsAt);
}

/** Isolate may have run on another machine, whose clock was ahead of this one's. */
function stillToOutwaitMs(proof: IsolationProof, { deps }: StepContext): number {
  return proof.by === 'lease' ? outwaitUntil(proof, proof.skewSeconds * 1000) - deps.clock.now() : 0;
}

/**
 * The first grant, at once: without it the new writer refuses all writes. From then on the guard there renews it, and it
 * also repeats what the gate did not take now.
 */
async function handOver(context: StepContext, terms: LeaseTerms, isolated: string): Promise<Outcome> {
  const { deps, plan, run } = context;
  const grant = await unlessLeashed(() => deps.coordination.lease.grant(run, deps.clock.now() + terms.seconds * 1000));
  if (grant === 'leashed') return { status: 'settled', why: `${isolated}; ${run.to.region} would get the write lease` };
  if (grant === undefined) {
    const why = `${isolated}; but the claim of ${run.id} (epoch ${run.epoch}) on the write lease is gone`;
    return { status: 'refused', refusal: 'stale-epoch', why };
  }
  const trouble = await gateOf(plan, run.to.region, deps.outside)?.open(grant);
  const taken = trouble === undefined ? '' : `, not taken yet: ${trouble}`;
  return { status: 'settled', why: `${isolated}; ${grant.region} has the lease (epoch ${grant.epoch})${taken}` };
}

/** A dry run hands nothing over, and says so. */
async function unlessLeashed<T>(act: () => Promise<T>): Promise<T | 'leashed'> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Leashed) return 'leashed';
    throw error;
  }
}
