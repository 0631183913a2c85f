import * as z from 'zod';
import { guard } from '../shared/guard/guard.ts';
import { planOf } from '../shared/steps/result.ts';
import { onEvent, parsed } from './_lambda.ts';

const GuardInput = z.object({ application: z.string(), durationSeconds: z.number().positive().max(840) });

/** Called by the scheduler each minute in both Regions that hold data: guards the write lease for that minute. */
export const handler = onEvent(async (event, runtime) => {
  const { application, durationSeconds } = parsed(GuardInput, event);
  return guard(planOf(runtime, application), durationSeconds, runtime);
});
