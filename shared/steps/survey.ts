import { isFailure, TransientError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Phase, phasesOfPurpose } from '../domain/phase.ts';
import { isPlanned } from '../domain/run.ts';
import type { Surveyed } from '../domain/surveyed.ts';
import { defineStep, note, type StepContext } from './define-step.ts';
import { promotedBefore } from './promoted-before.ts';
import { goalOf, type Participant, participants } from './tasks.ts';

/**
 * Looks at every resource before anything is changed: refuses early what would be refused later, and records the facts
 * from which effects will be undone. It names the point of no return.
 */
export const survey = defineStep('survey', async (context) => {
  const looks = await Promise.all(surveyedPhases(context).map(async (phase) => lookAtPhase(context, phase)));
  const outcomes = looks.flat();
  const refusal = outcomes.find(({ status }) => status === 'refused');
  if (refusal !== undefined) return refusal;
  const why = `${outcomes.length} goals looked at, none refused; promotion is the point of no return`;
  return { status: 'settled', why };
});

/**
 * Confirm is not looked at: it asks the public name, which still leads to the Region being left. Isolate is not either
 * after an alarm: that Region may be dead, and looking at it would only cost its timeout. What a planned run builds or
 * freezes first cannot be looked at before.
 */
function surveyedPhases(context: StepContext): readonly Phase[] {
  const { run } = context;
  const tooEarly: readonly Phase[] = ['final-sync', 'compare', 'promote', 'verify'];
  const skipped: readonly Phase[] = [
    'confirm',
    ...(run.trigger === 'alarm' ? (['isolate'] as const) : []),
    ...(isPlanned(run) ? tooEarly : []),
    // Nothing is repaired any more, see promoted-before.ts.
    ...(promotedBefore(context) === undefined ? [] : (['rest', 'reverse'] as const)),
  ];
  return phasesOfPurpose(run.purpose).filter((phase) => !skipped.includes(phase));
}

async function lookAtPhase(context: StepContext, phase: Phase): Promise<readonly Outcome[]> {
  const taking = await participants(context, phase);
  return Promise.all(taking.map((participant) => look(context, phase, participant)));
}

async function look(context: StepContext, phase: Phase, { kind, resource }: Participant): Promise<Outcome> {
  const { deps } = context;
  const facts = await observed(context, phase, { kind, resource });
  if (isFailure(facts)) return unseen(context, { phase, resource: resource.id, failure: facts.message });
  const goal = await goalOf(context, { kind, phase, resource });
  const decision = kind.check({ ...goal, now: deps.clock.now() }, resource.spec, facts);
  const why = `${resource.id} (${phase}): ${decision.why}`;
  // Facts of a Region that does not answer would make a poor undo: then what is seen just before the act serves.
  const { verdict } = decision;
  const data: Surveyed = kind.isComplete?.(facts) === false ? { phase, verdict } : { phase, verdict, facts };
  const refusal = decision.verdict === 'refuse' ? { refusal: decision.refusal } : {};
  await note(context, 'surveyed', why, { resource: resource.id, data, ...refusal });
  return decision.verdict === 'refuse'
    ? { status: 'refused', refusal: decision.refusal, why }
    : { status: 'settled', why };
}

/** The Region to leave may be in any trouble, that is why it is left: a failure there must not hold the run up. */
async function observed(
  { deps, plan, run }: StepContext,
  phase: Phase,
  { kind, resource }: Participant,
): Promise<unknown> {
  const giveUpAt = deps.clock.now() + plan.pace.patienceSeconds * 1000;
  for (;;) {
    try {
      return await kind.observe(resource.spec, { phase, run }, deps.outside);
    } catch (error) {
      if (phase === 'isolate' && isFailure(error)) return error;
      // Throttling is the normal weather of a Region loss: it is no reason to give up.
      if (!(error instanceof TransientError) || deps.clock.now() >= giveUpAt) throw error;
      await deps.clock.sleep(plan.pace.pollSeconds * 1000);
    }
  }
}

async function unseen(
  context: StepContext,
  { failure, phase, resource }: { readonly phase: Phase; readonly resource: string; readonly failure: string },
): Promise<Outcome> {
  const why = `${resource} (${phase}): ${failure}`;
  await note(context, 'surveyed', why, { resource });
  return { status: 'settled', why };
}
