import type { JournalEntry } from '../domain/journal.ts';
import { metricFields, metrics, withoutMetric } from '../domain/metric.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunLock } from '../domain/ports.ts';
import { type Deps, type Step, type StepInput, type StepResult, whyLengthMax } from './contract.ts';
import { note } from './define-step.ts';
import { resultOf } from './result.ts';

/** How many looks a dry run gives to what does not answer: one that is slow is no reason to report a wait. */
const looks = 3;

/**
 * Runs a step as it is, on ports that hold every mutating call on a leash. A dry run waits for nothing: what a real step
 * would wait for is written down, with what would have been done before it, and the next step is looked at. So is what is
 * refused only because that was not done (docs/adr/0047).
 */
export async function dryRunStep(step: Step, input: StepInput, deps: Deps): Promise<StepResult> {
  const result = await step.run(input, {
    ...deps,
    coordination: { ...deps.coordination, lock: withRealHash(deps) },
    plans: new Map([...deps.plans].map(([name, plan]) => [name, impatient(plan)])),
    log: (level, why, fields) => deps.log(level, `dry run: ${why}`, withoutMetric(fields)),
  });
  if (step.id === 'notify') finished(input, deps);
  if (step.id === 'hold') return resultOf('hold', neverHeld);
  if (result.status !== 'waiting' && result.status !== 'refused') return { ...result, why: marked(result.why) };
  const run = await deps.coordination.lock.run(input.runId);
  // Detect waits for signals, and there is no run yet in which that could be noted.
  if (run === undefined) return result.status === 'waiting' ? result : { ...result, why: marked(result.why) };
  const entries = await deps.coordination.journal.read(run.id);
  const premature = result.status === 'refused' ? refusedTooEarly(entries, step.id) : [undefined];
  if (premature.length === 0) return { ...result, why: marked(result.why) };
  const context = { step: step.id, run, deps };
  const why = wouldWait(entries, result.why);
  for (const resource of premature) await note(context, 'would-wait', why, resource === undefined ? {} : { resource });
  await note(context, 'step-finished', why);
  return resultOf(step.id, { status: 'settled', why: marked(why) });
}

/**
 * What Reverse would replace is not there to be judged: the old primary cannot be promoted, the replica that is built in its
 * place can.
 * @returns the resources that were refused for nothing but that; none when there was another reason
 */
function refusedTooEarly(entries: readonly JournalEntry[], step: StepId): readonly string[] {
  const replaced = new Set(entries.flatMap((one) => (wouldReplace(one) ? (one.resource ?? []) : [])));
  const refused = entries.filter((one) => one.step === step && one.event === 'refused');
  const isPremature = ({ refusal, resource = '' }: JournalEntry) =>
    refusal === 'dependency-refused' || (step !== 'reverse' && replaced.has(resource));
  return refused.every(isPremature) ? refused.flatMap(({ resource }) => resource ?? []) : [];
}

const wouldReplace = ({ event, step }: JournalEntry): boolean => step === 'reverse' && event === 'would-act';

const neverHeld: Outcome = { status: 'refused', refusal: 'hold-ended', why: 'dry run: it would be held for a person' };

/** Notify is the last step of every run, so the dry run has come to its end. */
function finished({ request, runId }: StepInput, { clock, log }: Deps): void {
  const dimensions = { Application: request.application };
  const metric = metricFields({ at: clock.now(), dimensions, name: metrics.dryRunFinished, value: 1 });
  log('info', `dry run ${runId} is over`, metric);
}

/** What counts as the plan of a dry run is the real one, not the one in a hurry: it is compared with that of the last run. */
const withRealHash = ({ coordination: { lock }, plans }: Deps): RunLock => ({
  ...lock,
  hashOf: (plan) => lock.hashOf(plans.get(plan.application) ?? plan),
});

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
