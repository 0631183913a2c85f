import { finalSync } from '../shared/steps/final-sync.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(finalSync);
