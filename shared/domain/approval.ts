import type { JournalEntry } from './journal.ts';
import { type AcceptedLoss, isWithin, type LossEstimate, lossInWords, worstLoss } from './loss.ts';
import type { PlanFile } from './plan.ts';

/** What only a person can permit. Losing data has a word of its own, so that nobody accepts it by the way. */
export const needs = ['proceed', 'accept-data-loss'] as const;
export type Need = (typeof needs)[number];

/** What a run asks of people before it isolates and promotes. */
export interface Ask {
  readonly needs: readonly Need[];
  /** The worst of all resources; undefined when no resource can lose anything. */
  readonly loss?: LossEstimate;
}

export interface AskFacts {
  readonly approval: PlanFile['policy']['approval'];
  readonly rpoSeconds: number;
  /** One for each resource that would be promoted. */
  readonly losses: readonly LossEstimate[];
}

/**
 * Which permissions a run needs. A loss above the RPO, or one that nobody can bound, always needs one, whatever the plan
 * says (invariant I5). `when-lossy` asks as soon as anything at all may be lost, `manual` before every promotion.
 */
export function askOf({ approval, losses, rpoSeconds }: AskFacts): Ask {
  const loss = worstLoss(losses);
  const allowedSeconds = approval === 'when-lossy' ? 0 : rpoSeconds;
  const isLossy = loss !== undefined && !isWithin(loss, allowedSeconds);
  const wanted: readonly Need[] = [
    ...(approval === 'manual' ? ['proceed' as const] : []),
    ...(isLossy ? ['accept-data-loss' as const] : []),
  ];
  return { needs: wanted, ...(loss === undefined ? {} : { loss }) };
}

/** In words an operator can read aloud. */
export function askInWords({ loss, needs: wanted }: Ask): string {
  const lossText = loss === undefined ? 'would lose nothing' : `would lose ${lossInWords(loss)}: ${loss.why}`;
  return `needs ${wanted.join(' and ')}; the promotion ${lossText}`;
}

/** A permission that stands in the journal: what was granted, and for losses how much. */
export interface Granted {
  readonly need: Need;
  /** With `accept-data-loss`: what the person was shown. */
  readonly loss?: AcceptedLoss;
}

/** What is still missing. An acceptance covers no more than the loss that the person was shown. */
export function missing({ loss, needs: wanted }: Ask, granted: readonly Granted[]): readonly Need[] {
  return wanted.filter((need) => {
    if (need === 'proceed') return !granted.some((one) => one.need === 'proceed');
    return loss !== undefined && !granted.some((one) => one.need === need && isWithin(loss, one.loss));
  });
}

/** The largest loss that people have accepted for a run, by its journal; undefined when they have accepted none. */
export function acceptedLoss(entries: readonly JournalEntry[]): AcceptedLoss | undefined {
  const accepted = grantedIn(entries).flatMap(({ loss, need }) =>
    need === 'accept-data-loss' && loss !== undefined ? [loss] : [],
  );
  if (accepted.includes('unknown')) return 'unknown';
  const seconds = accepted.filter((loss) => loss !== 'unknown');
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}

/** The permissions that a journal holds. */
export const grantedIn = (entries: readonly JournalEntry[]): readonly Granted[] =>
  entries.flatMap(({ data, event, step }) =>
    step === 'approve' && event === 'answered'
      ? ((data as { readonly granted?: readonly Granted[] }).granted ?? [])
      : [],
  );
