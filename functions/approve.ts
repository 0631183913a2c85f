import { approve } from '../shared/steps/approve.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(approve);
