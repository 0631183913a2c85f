import { confirm } from '../shared/steps/confirm.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(confirm);
