import * as z from 'zod';
import { metricFields, metrics } from '../shared/domain/metric.ts';
import { evaluate } from '../shared/steps/evaluate.ts';
import { planOf } from '../shared/steps/result.ts';
import { onEvent, parsed } from './_lambda.ts';

const EvaluateInput = z.object({ application: z.string() });

/** Called by the scheduler: records what every resource looks like while all is well. */
export const handler = onEvent(async (event, runtime) => {
  const { application } = parsed(EvaluateInput, event);
  const evaluation = await evaluate(planOf(runtime, application), runtime);
  const { failures, recorded } = evaluation;
  const measured = { dimensions: { Application: application }, name: metrics.resourcesUnready, value: failures.length };
  // A metric costs by the hour in which it is sent, so that it is sent when there is something to tell.
  const metric = failures.length === 0 ? {} : metricFields({ at: runtime.clock.now(), ...measured });
  runtime.log('info', `${recorded} facts recorded, ${failures.length} looks failed`, metric);
  return evaluation;
});
