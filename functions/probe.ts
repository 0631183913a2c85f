import * as z from 'zod';
import { planOf } from '../shared/steps/result.ts';
import { onEvent, parsed } from './_lambda.ts';

const ProbeInput = z.object({ application: z.string(), durationSeconds: z.number().positive().max(840) });

/** Called by the scheduler each minute in every observer's Region: probes the application for that minute. */
export const handler = onEvent(async (event, runtime) => {
  const { application, durationSeconds } = parsed(ProbeInput, event);
  const { probe } = await import('../shared/signals/probe.ts');
  return probe(planOf(runtime, application), durationSeconds, runtime);
});
