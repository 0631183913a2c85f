import type { JournalEntry } from '../domain/journal.ts';
import { metricFields, metrics, withoutMetric } from '../domain/metric.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { type Deps, type Step, type StepInput, type StepResult, whyLengthMax } from './contract.ts';
import { note } from './define-step.ts';
import { resultOf } from './result.ts';

/** How many looks a dry run gives to what does not answer: one that is slow is no reason to report a wait. */
const looks = 3;

/**
 * Runs a step as it is, on ports that hold every mutating call on a leash. A dry run waits for nothing: what a real step
 * would wait for is written down, with what would have been done before it, and the next step is looked at.
 */
export async function dryRunStep(step: Step, input: StepInput, deps: Deps): Promise<StepResult> {
  const result = await step.run(input, {
    ...deps,
    plans: new Map([...deps.plans].map(([name, plan]) => [name, impatient(plan)])),
    log: (level, why, fields) => deps.log(level, `dry run: ${why}`, withoutMetric(fields)),
  });
  if (step.id === 'notify') finished(input, deps);
  if (step.id === 'hold') return resultOf('hold', neverHeld);
  if (result.status !== 'waiting') return { ...result, why: marked(result.why) };
  const run = await deps.coordination.lock.run(input.runId);
  // Detect waits for signals, and there is no run yet in which that could be noted.
  if (run === undefined) return result;
  const entries = await deps.coordination.journal.read(run.id);
  const context = { step: step.id, run, deps };
  const why = wouldWait(entries, result.why);
  await note(context, 'would-wait', why);
  await note(context, 'step-finished', why);
  return resultOf(step.id, { status: 'settled', why: marked(why) });
}

const neverHeld: Outcome = { status: 'refused', refusal: 'hold-ended', why: 'dry run: it would be held for a person' };

/** Notify is the last step of every run, so the dry run has come to its end. */
function finished({ request, runId }: StepInput, { clock, log }: Deps): void {
  const dimensions = { Application: request.application };
  const metric = metricFields({ at: clock.now(), dimensions, name: metrics.dryRunFinished, value: 1 });
  log('info', `dry run ${runId} is over`, metric);
}

function impatient(plan: Plan): Plan {
  const patienceSeconds = looks * plan.pace.pollSeconds;
  const isolation = { ...plan.policy.isolation, patienceSeconds };
  return { ...plan, pace: { ...plan.pace, patienceSeconds }, policy: { ...plan.policy, isolation } };
}

/** What is not there yet may well be there once that is done which only a real run does. */
function wouldWait(entries: readonly JournalEntry[], why: string): string {
  const before = entries.flatMap(({ event, resource, step }) =>
    event === 'would-act' && resource !== undefined ? [`${resource} (${step})`] : [],
  );
  return before.length === 0 ? `would wait: ${why}` : `would be done after ${before.join(', ')}; now: ${why}`;
}

/** Wherever the sentence is read, in the console as well, nobody must take it for what was done. */
const marked = (why: string): string => `dry run: ${why}`.slice(0, whyLengthMax);
