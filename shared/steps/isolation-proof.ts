import * as z from 'zod';
import type { JournalEntry } from '../domain/journal.ts';
import { isoOf } from '../report/words.ts';

/** Why nothing writes in the Region being left. Isolate puts it into the journal, Promote demands it there. */
const IsolationProof = z.discriminatedUnion('by', [
  /** All fences were seen to hold. */
  z.object({ by: z.literal('fence'), why: z.string() }),
  /** Its last grant has been outwaited; `epoch` is that of the claim which made it the last. */
  z.object({
    by: z.literal('lease'),
    region: z.string(),
    epoch: z.int(),
    expiresAt: z.number(),
    skewSeconds: z.number(),
  }),
  /** An earlier run has handed the lease to the Region being activated, so the one being left has none. */
  z.object({ by: z.literal('handover'), region: z.string(), epoch: z.int() }),
  /** The gate itself has said that it is shut, under an epoch that no older grant opens. */
  z.object({ by: z.literal('gate'), region: z.string(), epoch: z.int() }),
  /** Nobody knows; the plan has accepted that. */
  z.object({ by: z.literal('plan'), why: z.string() }),
]);
export type IsolationProof = z.infer<typeof IsolationProof>;

const isolating: ReadonlySet<string> = new Set(['isolate', 'freeze']);

export function proofSentence(proof: IsolationProof): string {
  switch (proof.by) {
    case 'fence':
      return `fence confirmed: ${proof.why}`;
    case 'lease': {
      const { epoch, expiresAt, region, skewSeconds } = proof;
      return `lease of ${region}, claimed under epoch ${epoch}, expired at ${isoOf(expiresAt)}, skew ${skewSeconds} s`;
    }
    case 'handover':
      return `the lease is with ${proof.region} already (epoch ${proof.epoch})`;
    case 'gate':
      return `the gate of ${proof.region} is shut under epoch ${proof.epoch}`;
    case 'plan':
      return `fence not confirmed, accepted by the plan (whenUnconfirmed: proceed): ${proof.why}`;
  }
}

/** The proof that this run's last Isolate or Freeze has left; none when it was refused, or has not ended. */
export function proofIn(entries: readonly JournalEntry[]): IsolationProof | undefined {
  const end = ofIsolating(entries).findLast(({ event }) => event === 'step-finished');
  return end === undefined || end.refusal !== undefined ? undefined : newestProofIn(entries);
}

/** The newest proof of this run, whatever Isolate has found since. */
export const newestProofIn = (entries: readonly JournalEntry[]): IsolationProof | undefined =>
  IsolationProof.safeParse(ofIsolating(entries).findLast(({ event }) => event === 'settled')?.data).data;

const ofIsolating = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ resource, step }) => isolating.has(step) && resource === undefined);
