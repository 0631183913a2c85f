import { hold } from '../shared/steps/hold.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(hold);
