import { scale } from '../shared/steps/scale.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(scale);
