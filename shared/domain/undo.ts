import type { Intent, JournalEntry } from './journal.ts';
import type { StepId } from './phase.ts';
import { surveyedEntries } from './surveyed.ts';

/** An effect of this run that still stands, as far as the journal tells. */
export interface Effect {
  readonly entry: JournalEntry;
  readonly resource: string;
  readonly intent: Intent;
}

/** What a finished one of these has built stays, whatever becomes of the run: it protects the application. */
const lasting: ReadonlySet<StepId> = new Set(['rest', 'reverse']);

const hasFinished = (entries: readonly JournalEntry[], step: StepId): boolean =>
  entries.some((entry) => entry.event === 'step-finished' && entry.refusal === undefined && entry.step === step);

/**
 * Effects that may stand of a run and of those that it has taken over, newest first. What a finished Rest or Reverse has brought
 * about stays as well where a run had begun it that was taken over before it had finished.
 * @param journals newest first
 */
export const effectsOfRuns = (journals: readonly (readonly JournalEntry[])[]): readonly Effect[] =>
  journals.flatMap((entries, index) => {
    const isKept = (step: StepId) =>
      lasting.has(step) && journals.slice(0, index).some((one) => hasFinished(one, step));
    return standingEffects(entries).filter(({ entry }) => !isKept(entry.step));
  });

/** Effects that may stand, newest first: intents that were neither rejected, nor stopped by a dry run's leash, nor undone, nor kept. */
export function standingEffects(entries: readonly JournalEntry[]): readonly Effect[] {
  let standing: Effect[] = [];
  for (const entry of entries) {
    const { data, event, resource, step } = entry;
    if (event === 'step-finished' && entry.refusal === undefined && lasting.has(step)) {
      standing = standing.filter((one) => one.entry.step !== step);
    }
    if (resource === undefined) continue;
    const lastOfSame = standing.findLastIndex((one) => one.resource === resource && one.entry.step === step);
    if (event === 'intended') standing.push({ entry, resource, intent: data as Intent });
    if ((event === 'rejected' || event === 'would-act') && lastOfSame >= 0) standing.splice(lastOfSame, 1);
    if (event === 'undone') {
      const undone = standing.findIndex((one) => one.entry.sequence === data);
      if (undone >= 0) standing.splice(undone, 1);
    }
  }
  return standing.reverse();
}

/**
 * Promotion cannot be taken back: once it may have happened, a run only goes forward. It may have happened by an intent of
 * this run, or before it: by a run that this one has taken over from, or by hand.
 * @returns in words what speaks for it; undefined when nothing does
 */
export function passedPointOfNoReturn(entries: readonly JournalEntry[]): string | undefined {
  const [intended] = intendedPromotions(entries);
  if (intended !== undefined) return `${intended.resource} has been, or may have been, promoted: ${intended.entry.why}`;
  const found = seenPromoted(entries);
  return found === undefined ? undefined : `${found.resource} was promoted already: ${found.why}`;
}

/** Promotions that may have happened, newest first, as far as the journal tells. */
export const intendedPromotions = (entries: readonly JournalEntry[]): readonly Effect[] =>
  standingEffects(entries).filter(({ entry, intent }) => entry.step === 'promote' && 'irreversible' in intent.undo);

/** The line that says of a resource that it is promoted: somebody has looked. */
export const seenPromoted = (entries: readonly JournalEntry[]): JournalEntry | undefined =>
  entries.find((entry) => entry.step === 'promote' && entry.event === 'settled' && isReal(entry, entries)) ??
  surveyedEntries(entries).find(({ phase, verdict }) => phase === 'promote' && verdict === 'settled')?.entry;

/** About a resource, and not what a dry run would have done. */
const isReal = ({ resource, step }: JournalEntry, entries: readonly JournalEntry[]): boolean =>
  resource !== undefined &&
  !entries.some((one) => one.event === 'would-act' && one.step === step && one.resource === resource);
