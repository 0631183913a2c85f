import * as z from 'zod';
import { takeOver } from '../shared/start/take-over.ts';
import { planOf } from '../shared/steps/result.ts';
import { onEvent, parsed } from './_lambda.ts';

const TakeOverInput = z.object({ application: z.string(), durationSeconds: z.number().positive().max(840) });

/** Called by the scheduler each minute in both Regions that hold data: watches over runs for that minute. */
export const handler = onEvent(async (event, runtime) => {
  const { application, durationSeconds } = parsed(TakeOverInput, event);
  return takeOver(planOf(runtime, application), durationSeconds, runtime);
});
