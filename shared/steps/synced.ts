import type { JournalEntry } from '../domain/journal.ts';
import type { StepId } from '../domain/phase.ts';
import type { Synced } from '../domain/synced.ts';

/** The proof that Final sync and Compare have left; none when one of them was refused, or has not ended. */
export function syncedIn(entries: readonly JournalEntry[]): Synced | undefined {
  const synced = finished(entries, 'final-sync');
  return finished(entries, 'compare') === undefined ? undefined : synced;
}

function finished(entries: readonly JournalEntry[], step: StepId): Synced | undefined {
  const end = entries.findLast((entry) => entry.step === step && entry.event === 'step-finished');
  return end === undefined || end.refusal !== undefined ? undefined : { why: end.why, at: end.at };
}
