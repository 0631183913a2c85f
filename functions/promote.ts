import { promote } from '../shared/steps/promote.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(promote);
