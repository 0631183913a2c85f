import { TerminalError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { claimLease } from './claim-lease.ts';
import { atRest, defineStep, type StepContext } from './define-step.ts';
import { type IsolationProof, newestProofIn } from './isolation-proof.ts';
import { isolated, isUnconfirmed, outwait, unconfirmed } from './outwait.ts';
import { overtaken } from './overtaken.ts';
import { isSeenPromoted } from './promoted-as-seen.ts';
import { participants, settlePhase } from './tasks.ts';

/**
 * Fences the writers of the Region being left: best effort, and bounded, because that Region may not answer. What could
 * not be confirmed is outwaited, if the plan has a write lease, or else decided by the plan; never assumed.
 */
export const isolate = defineStep('isolate', async (context) => {
  const outcome = await isolation(context);
  const earlier = isUnconfirmed(outcome) ? await proofBehindPromotion(context) : undefined;
  return earlier === undefined ? outcome : isolated(context, earlier);
});

async function isolation(context: StepContext): Promise<Outcome> {
  const terms = context.plan.policy.lease;
  // Side by side, so that the lease runs out while the fences are tried.
  const [lease, fenced] = await atRest([terms && claimLease(context), fence(context)]);
  if (fenced.overtaken !== undefined) return fenced.overtaken;
  if (terms !== undefined && lease === undefined) return overtaken(context.run, 'has claimed the write lease');
  if (fenced.confirmed) return isolated(context, { by: 'fence', why: fenced.why });
  if (terms !== undefined && lease !== undefined) return outwait(context, { lease, terms, open: fenced.why });
  if (context.plan.policy.isolation.whenUnconfirmed === 'stop') return unconfirmed(fenced.why);
  return isolated(context, { by: 'plan', why: fenced.why });
}

/**
 * What the promotion was made with stays proof enough to go forward, when a person has had the fence skipped that could be
 * shown then: to stop would leave the new writer without its lease and traffic where nothing answers. A promotion that may
 * never have been made is made with nothing but a proof of now.
 */
async function proofBehindPromotion(context: StepContext): Promise<IsolationProof | undefined> {
  if (!(await isSeenPromoted(context))) return undefined;
  return [context.entries, ...context.takenOver].map(newestProofIn).find((proof) => proof !== undefined);
}

interface Fenced {
  readonly confirmed: boolean;
  /** A newer run holds the lock: whatever else was seen, this one is over. */
  readonly overtaken?: Outcome;
  readonly why: string;
}

/** A Region in trouble may also say no: a fence that fails for good is one that is not confirmed. */
async function fence(context: StepContext): Promise<Fenced> {
  try {
    const outcomes = await settlePhase(context, 'isolate', context.plan.policy.isolation.patienceSeconds);
    const overtaken = [...outcomes.values()].find((one) => one.status === 'refused' && one.refusal === 'stale-epoch');
    if (overtaken !== undefined) return { confirmed: false, overtaken, why: overtaken.why };
    const open = [...outcomes].filter(([, { status }]) => status !== 'settled');
    const listed = (open.length > 0 ? open : [...outcomes]).map(([id, { why }]) => `${id}: ${why}`).join(' · ');
    if (open.length > 0 || (await hasProof(context))) return { confirmed: open.length === 0, why: listed };
    return { confirmed: false, why: [listed, `no fence of the plan could show it`].filter(Boolean).join(' · ') };
  } catch (error) {
    if (error instanceof TerminalError) return { confirmed: false, why: error.message };
    throw error;
  }
}

/** That all is as it should be proves nothing where the plan has no fence, or only such as hinder writers. */
async function hasProof(context: StepContext): Promise<boolean> {
  const fences = await participants(context, 'isolate');
  return fences.some(({ kind, resource }) => kind.provesIsolation?.(resource.spec) ?? true);
}
