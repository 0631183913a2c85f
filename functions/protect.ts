import { protect } from '../shared/steps/protect.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(protect);
