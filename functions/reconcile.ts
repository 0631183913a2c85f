import { reconcile } from '../shared/steps/reconcile.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(reconcile);
