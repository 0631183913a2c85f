import { restore } from '../shared/steps/restore.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(restore);
