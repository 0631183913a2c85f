import { verify } from '../shared/steps/verify.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(verify);
