import type { Acknowledgement } from './acknowledgement.ts';
import type { SendOutcome } from './sender.ts';

export interface AttemptEnd {
  readonly id: string;
  readonly address: string;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly outcome: SendOutcome;
}

interface Counts {
  skipped: number;
  rejected: number;
  failedLookups: number;
  lastFailure?: string;
}

/** All that the client remembers of its orders. */
export interface ClientRecord {
  attemptEnded(end: AttemptEnd): void;
  lookupFailed(cause: unknown): void;
  orderSkipped(): void;
  /** In the order of acknowledgement. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** When each attempt failed that did, in order. */
  readonly failedAttemptsAt: readonly number[];
  readonly counts: Readonly<Counts>;
}

export function createRecord(): ClientRecord {
  const acknowledgements: Acknowledgement[] = [];
  const counts: Counts = { skipped: 0, rejected: 0, failedLookups: 0 };
  const failedAttemptsAt: number[] = [];
  return {
    acknowledgements,
    failedAttemptsAt,
    counts,
    attemptEnded({ id, address, sentAt, endedAt, outcome }) {
      if (outcome.type === 'acknowledged') {
        const { stored, isRepeated } = outcome;
        acknowledgements.push({ id, sentAt, acknowledgedAt: endedAt, ...stored, address, isRepeated });
        return;
      }
      if (outcome.type === 'failed') failedAttemptsAt.push(endedAt);
      else counts.rejected += 1;
      counts.lastFailure = outcome.why;
    },
    lookupFailed(cause) {
      counts.failedLookups += 1;
      counts.lastFailure = String(cause);
    },
    orderSkipped() {
      counts.skipped += 1;
    },
  };
}
