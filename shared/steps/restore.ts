import type { Outcome } from '../domain/outcome.ts';
import { passedPointOfNoReturn, standingEffects } from '../domain/undo.ts';
import { undoEffect } from '../kinds/undo-effect.ts';
import { closeRun } from './close-run.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { settleDepsOf } from './tasks.ts';

/**
 * Puts back what this run has changed, newest first, from the undo that was written down before each act; then closes the
 * run. After the point of no return it refuses: from there a run only goes forward.
 */
export const restore = defineStep('restore', async (context) => {
  const effects = standingEffects(context.entries);
  const promoted = passedPointOfNoReturn(effects);
  if (promoted !== undefined) {
    const why = `${promoted.resource} has been, or may have been, promoted: ${promoted.entry.why}`;
    return { status: 'refused', refusal: 'point-of-no-return-passed', why };
  }
  const remains: string[] = [];
  for (const effect of effects) {
    const { left } = await undoEffect(effect, context, settleDepsOf(context));
    if (left !== undefined) remains.push(`${effect.resource}: ${left}`);
  }
  return closeRun(context, 'stopped', summary(context, effects.length, remains));
});

function summary({ run }: StepContext, effects: number, remains: readonly string[]): Outcome['why'] {
  const undone = `${effects - remains.length} of ${effects} effects undone, ${run.from.region} stays in charge`;
  return remains.length === 0 ? undone : `${undone}; remains: ${remains.join(' · ')}`;
}
