import { outwaitUntil, type WriteLease } from '../domain/lease.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { LeaseTerms } from '../domain/plan.ts';
import { note, type StepContext } from './define-step.ts';
import { type IsolationProof, proofSentence } from './isolation-proof.ts';

interface Outwaiting {
  readonly lease: WriteLease;
  readonly terms: LeaseTerms;
  /** What could not be fenced or shut. */
  readonly open: string;
}

/** Nobody has to reach a Region to know that its lease is over: the claim has made its end final. */
export async function outwait(context: StepContext, { lease, open, terms }: Outwaiting): Promise<Outcome> {
  const { deps, plan, run } = context;
  const { epoch, expiresAt, region } = lease;
  if (region === run.to.region) return isolated(context, { by: 'handover', region, epoch });
  if (expiresAt === 0) return unconfirmed(`${open}; and ${region} writes without a grant: its guard has never run`);
  const until = outwaitUntil(lease, terms.skewSeconds * 1000);
  const lookUntil = deps.clock.now() + plan.pace.patienceSeconds * 1000;
  for (let now = deps.clock.now(); now < until; now = deps.clock.now()) {
    if (now >= lookUntil) {
      const why = `outwaits the lease of ${region} for ${(until - now) / 1000} s: ${open}`;
      return { status: 'waiting', why, retryAfterSeconds: (until - now) / 1000 };
    }
    await deps.clock.sleep(Math.min(until, lookUntil) - now);
  }
  return isolated(context, { by: 'lease', region, epoch, expiresAt, skewSeconds: terms.skewSeconds });
}

/** Leaves the proof that Promote demands; `more` is what people must know besides. */
export async function isolated(context: StepContext, proof: IsolationProof, more?: string): Promise<Outcome> {
  const why = [proofSentence(proof), more].filter(Boolean).join(', ');
  await note(context, 'settled', why, { data: proof });
  return { status: 'settled', why };
}

export const unconfirmed = (why: string): Outcome => ({ status: 'refused', refusal: 'isolation-unconfirmed', why });

export const isUnconfirmed = (outcome: Outcome): boolean =>
  outcome.status === 'refused' && outcome.refusal === 'isolation-unconfirmed';
