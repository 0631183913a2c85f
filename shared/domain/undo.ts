import type { Intent, JournalEntry } from './journal.ts';

/** An effect of this run that still stands, as far as the journal tells. */
export interface Effect {
  readonly entry: JournalEntry;
  readonly resource: string;
  readonly intent: Intent;
}

/** Effects that may stand, newest first: intents that were neither rejected, nor stopped by a dry run's leash, nor undone. */
export function standingEffects(entries: readonly JournalEntry[]): readonly Effect[] {
  const standing: Effect[] = [];
  for (const entry of entries) {
    const { data, event, resource, step } = entry;
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

/** Promotion cannot be taken back: once it may have happened, a run only goes forward. */
export function passedPointOfNoReturn(effects: readonly Effect[]): Effect | undefined {
  return effects.find(({ entry, intent }) => entry.step === 'promote' && 'irreversible' in intent.undo);
}

/**
 * A standby that Promote found to be the writer already, whoever made it so: data may have been written there, so the way
 * back is as closed as after an own promotion.
 */
export function alreadyPromoted(entries: readonly JournalEntry[]): JournalEntry | undefined {
  const wouldBe = (one: JournalEntry): boolean =>
    entries.some(
      ({ event, resource, step }) => event === 'would-act' && step === one.step && resource === one.resource,
    );
  return entries.find((one) => {
    const { event, resource, step } = one;
    return step === 'promote' && event === 'settled' && resource !== undefined && !wouldBe(one);
  });
}
