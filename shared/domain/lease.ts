import type { Instant } from './run.ts';

/**
 * The permission to write, one per application. It ends by itself: whoever cannot renew it may not write any more, and
 * nobody has to reach him to stop him.
 */
export interface WriteLease {
  /** The one AWS Region that may write. */
  readonly region: string;
  /** Of the run that handed it to this Region, or that has claimed it since. It only rises. */
  readonly epoch: number;
  /** The end of the newest grant; 0: there was none yet. */
  readonly expiresAt: Instant;
  /** The run that has claimed it: nobody can renew it until that run hands it over or gives it back. */
  readonly claimedBy?: string;
  /** When the guard takes the claim back; undefined: only its run does. */
  readonly claimEndsAt?: Instant;
  /** The last claim that had an end is over, and ended by then at the latest: a freeze after which writes went on. */
  readonly frozenUntil?: Instant;
}

/** From then on, by any clock that is at most `skewMs` away from the writers' clocks, nobody writes under this grant. */
export const outwaitUntil = ({ expiresAt }: Pick<WriteLease, 'expiresAt'>, skewMs: number): Instant =>
  expiresAt + skewMs;

/** What the guard saw in the table: the lease, none at all, or no answer. */
export type LeaseSeen = WriteLease | 'absent' | 'unanswered';

export interface GuardWatch {
  /** The guard's own Region. */
  readonly region: string;
  readonly now: Instant;
  readonly renewEveryMs: number;
  /** The last grant this guard obtained and has not fenced since: the gate may still be open under it. */
  readonly grant?: WriteLease;
}

/**
 * What the guard does next. Without an answer it keeps trying until one pause before the end of its grant; then it closes
 * the gate while it still can. The gate would also close by itself: that is what the safety rests on.
 */
export function guardAction(
  seen: LeaseSeen,
  { grant, now, region, renewEveryMs }: GuardWatch,
): 'renew' | 'fence' | 'release' | 'nothing' {
  if (seen === 'unanswered') {
    return grant !== undefined && grant.expiresAt - now <= renewEveryMs ? 'fence' : 'nothing';
  }
  if (seen !== 'absent' && seen.region === region) {
    if (seen.claimedBy === undefined) return 'renew';
    if (seen.claimEndsAt !== undefined && now >= seen.claimEndsAt) return 'release';
  }
  return grant === undefined ? 'nothing' : 'fence';
}
