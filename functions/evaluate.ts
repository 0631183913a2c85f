import * as z from 'zod';
import { evaluate } from '../shared/steps/evaluate.ts';
import { planOf } from '../shared/steps/result.ts';
import { onEvent, parsed } from './_lambda.ts';

const EvaluateInput = z.object({ application: z.string() });

/** Called by the scheduler: records what every resource looks like while all is well. */
export const handler = onEvent(async (event, runtime) =>
  evaluate(planOf(runtime, parsed(EvaluateInput, event).application), runtime),
);
