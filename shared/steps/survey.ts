import type { Outcome } from '../domain/outcome.ts';
import { type Phase, phases } from '../domain/phase.ts';
import { defineStep, note, type StepContext } from './define-step.ts';
import { goalOf, type Participant, participants, type Surveyed } from './tasks.ts';

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

/** An alarm says that the Region to leave may be dead: then looking at it only costs its timeout. Isolate will ask. */
function surveyedPhases({ run }: StepContext): readonly Phase[] {
  return run.trigger === 'alarm' ? phases.filter((phase) => phase !== 'isolate') : phases;
}

async function lookAtPhase(context: StepContext, phase: Phase): Promise<readonly Outcome[]> {
  const taking = await participants(context.plan, phase);
  return Promise.all(taking.map((participant) => look(context, phase, participant)));
}

async function look(context: StepContext, phase: Phase, { kind, resource }: Participant): Promise<Outcome> {
  const { deps, plan, run } = context;
  const facts = await kind.observe(resource.spec, { phase, run }, deps.outside);
  const goal = await goalOf(deps, { kind, phase, plan, resource, run });
  const decision = kind.check({ ...goal, now: deps.clock.now() }, resource.spec, facts);
  const why = `${resource.id} (${phase}): ${decision.why}`;
  // Facts of a Region that does not answer would make a poor undo: then what is seen just before the act serves.
  const data: Surveyed | undefined = kind.isComplete?.(facts) === false ? undefined : { phase, facts };
  await note(context, 'surveyed', why, { resource: resource.id, data });
  return decision.verdict === 'refuse'
    ? { status: 'refused', refusal: decision.refusal, why }
    : { status: 'settled', why };
}
