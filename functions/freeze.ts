import { freeze } from '../shared/steps/freeze.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(freeze);
