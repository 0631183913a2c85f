import { rest } from '../shared/steps/rest.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(rest);
