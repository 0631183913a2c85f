import { defineStep } from './define-step.ts';
import { settleFrozen } from './freeze-window.ts';

/** Looks whether both Regions hold the same rows, before the charge changes. */
export const compare = defineStep('compare', (context) => settleFrozen(context, 'compare', 'nothing to compare'));
