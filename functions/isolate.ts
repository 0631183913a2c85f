import { isolate } from '../shared/steps/isolate.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(isolate);
