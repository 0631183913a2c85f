import { reverse } from '../shared/steps/reverse.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(reverse);
