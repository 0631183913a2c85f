import { TerminalError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { intendedPromotions } from '../domain/undo.ts';
import { claimLease } from './claim-lease.ts';
import { atRest, defineStep, type StepContext } from './define-step.ts';
import { type IsolationProof, newestProofIn } from './isolation-proof.ts';
import { isolated, isUnconfirmed, outwait, unconfirmed } from './outwait.ts';
import { overtaken } from './overtaken.ts';
import { isWhollyPromoted } from './promoted-as-seen.ts';
import { participants, settlePhase } from './tasks.ts';

/**
 * Fences the writers of the Region being left: best effort, and bounded, because that Region may not answer. What could
 * not be confirmed is outwaited, if the plan has a write lease, or else decided by the plan; never assumed.
 */
export const isolate = defineStep('isolate', async (context) => {
  const outcome = await isolation(context);
  const proof = isUnconfirmed(outcome) ? await proofOfPromotion(context) : undefined;
  return proof === undefined ? outcome : isolated(context, proof, `as the promotion was made; now: ${outcome.why}`);
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
 * Behind a promotion that is seen to be complete nothing is left to promote, and a run only goes forward: to refuse would leave
 * the new writer without its lease and traffic where nothing answers. Then the proof counts with which this run, or one that
 * it has taken over from, has promoted. A promotion by hand was made with none, and Restore may have opened the fences again
 * (docs/adr/0050-behind-a-promotion-its-proof-counts.md).
 */
async function proofOfPromotion(context: StepContext): Promise<IsolationProof | undefined> {
  const journals = [context.entries, ...context.takenOver];
  const promoting = journals.find((journal) => intendedPromotions(journal).length > 0);
  return promoting !== undefined && (await isWhollyPromoted(context)) ? newestProofIn(promoting) : undefined;
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
