import { passedPointOfNoReturn } from '../domain/undo.ts';
import type { StepContext } from './define-step.ts';

/**
 * Why a run that has taken over goes on behind a promotion: the run before has promoted, or may have. What that one had repaired
 * and proven holds; its freeze was sealed, so nobody has written where it was since. Above all nothing is rebuilt: what
 * stands alone in the Region being activated is the new writer.
 * @returns in words; undefined when no run before has come so far
 */
export const promotedBefore = ({ takenOver }: Pick<StepContext, 'takenOver'>): string | undefined =>
  takenOver.map(passedPointOfNoReturn).find((why) => why !== undefined);
