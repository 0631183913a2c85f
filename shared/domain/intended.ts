import type { JournalEntry } from './journal.ts';
import type { StepId } from './phase.ts';
import { standingEffects } from './undo.ts';

/**
 * What one step may have done to one resource and nobody has undone, by type of action: by this run, and by those that it has
 * taken over, each with a journal of its own.
 */
export function intendedActions(
  journals: readonly (readonly JournalEntry[])[],
  wanted: { readonly resource: string; readonly step: StepId },
): readonly string[] {
  const isOfIt = ({ event, resource, step }: JournalEntry): boolean =>
    resource === wanted.resource && (step === wanted.step || event === 'undone');
  const effects = journals.flatMap((entries) => standingEffects(entries.filter(isOfIt)));
  return [...new Set(effects.map(({ intent }) => intent.action.type))];
}
