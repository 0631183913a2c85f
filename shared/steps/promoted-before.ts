import { passedPointOfNoReturn } from '../domain/undo.ts';
import type { StepContext } from './define-step.ts';

/**
 * Why a run that has taken over, or that a person lets go on, goes on behind a promotion: it was made, or may have been. What
 * was repaired and proven before it holds; the freeze was sealed, so nobody has written where it was since. Above all nothing
 * is rebuilt: what stands alone in the Region being activated is the new writer.
 * @returns in words; undefined when no run has come so far
 */
export const promotedBefore = ({
  entries,
  takenOver,
}: Pick<StepContext, 'entries' | 'takenOver'>): string | undefined =>
  [entries, ...takenOver].map(passedPointOfNoReturn).find((why) => why !== undefined);
