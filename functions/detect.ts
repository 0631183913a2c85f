import { detect } from '../shared/steps/detect.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(detect);
