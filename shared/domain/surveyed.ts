import type { Decision } from './decision.ts';
import type { JournalEntry } from './journal.ts';
import type { Phase } from './phase.ts';
import type { RecordedFacts } from './ports.ts';

/** What the journal keeps of a resource that was surveyed in one phase, before the run changed anything. */
export interface Surveyed {
  readonly phase: Phase;
  readonly verdict: Decision<unknown>['verdict'];
  /** Absent when the Region did not answer: such facts would make a poor undo. */
  readonly facts?: unknown;
}

export interface SurveyedEntry extends Surveyed {
  readonly entry: JournalEntry;
}

/** A look that failed has left a line, but nothing that was seen. */
export function surveyedEntries(entries: readonly JournalEntry[]): readonly SurveyedEntry[] {
  return entries.flatMap((entry) =>
    entry.event === 'surveyed' && entry.data !== undefined ? [{ ...(entry.data as Surveyed), entry }] : [],
  );
}

/** What was seen of one resource, by phase. */
export function surveyedFacts(
  entries: readonly JournalEntry[],
  resource: string,
): Readonly<Partial<Record<Phase, RecordedFacts>>> {
  const known: Partial<Record<Phase, RecordedFacts>> = {};
  for (const { entry, facts, phase } of surveyedEntries(entries)) {
    if (entry.resource === resource && facts !== undefined) known[phase] ??= { at: entry.at, facts };
  }
  return known;
}
