import { compare } from '../shared/steps/compare.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(compare);
