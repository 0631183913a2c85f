import { notify } from '../shared/steps/notify.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(notify);
