import type { Phase } from '../domain/phase.ts';
import { type Effect, effectsOfRuns, passedPointOfNoReturn } from '../domain/undo.ts';
import { kindOf } from '../kinds/registry.ts';
import { undoEffect } from '../kinds/undo-effect.ts';
import { giveLeaseBack, leaseResource } from './claim-lease.ts';
import { closeRun } from './close-run.ts';
import { defineStep, type StepContext } from './define-step.ts';
import { overtaken } from './overtaken.ts';
import { goalOf, settleDepsOf } from './tasks.ts';

/**
 * Puts back what this run, and those it has taken over, have changed, newest first, from the undo that was written down
 * before each act; then closes the run. After the point of no return it refuses: from there a run only goes forward.
 */
export const restore = defineStep('restore', async (context) => {
  if (!(await context.deps.coordination.lock.hold(context.run))) return overtaken(context.run);
  const journals = [context.entries, ...context.takenOver];
  const promoted = journals.map(passedPointOfNoReturn).find((why) => why !== undefined);
  if (promoted !== undefined) return { status: 'refused', refusal: 'point-of-no-return-passed', why: promoted };
  const effects = effectsOfRuns(journals);
  // The patience of one invocation is shared out, so that an effect that cannot be undone leaves time for the others.
  const patienceMs = (context.plan.pace.patienceSeconds * 1000) / Math.max(1, effects.length);
  const remains: string[] = [];
  for (const effect of effects) {
    const left = await undo(context, effect, patienceMs);
    if (left !== undefined) remains.push(`${effect.resource}: ${left}`);
  }
  return closeRun(context, 'stopped', summary(context, effects.length, remains));
});

async function undo(context: StepContext, effect: Effect, patienceMs: number): Promise<string | undefined> {
  if (effect.resource === leaseResource) return giveLeaseBack(context, effect);
  const { deps, plan } = context;
  const resource = plan.resources.find(({ id }) => id === effect.resource);
  if (resource === undefined) return 'it is no longer in the plan';
  const kind = await kindOf(resource.kind);
  // Only steps that are phases act on resources, so the step of an intent is a phase.
  const phase = effect.entry.step as Phase;
  const goal = await goalOf(context, { kind, phase, resource });
  const giveUpAt = deps.clock.now() + patienceMs;
  return undoEffect({ effect, resource, kind, goal, giveUpAt }, settleDepsOf(context));
}

function summary({ run }: StepContext, effects: number, remains: readonly string[]): string {
  const undone = `${effects - remains.length} of ${effects} effects undone, ${run.from.region} stays in charge`;
  return remains.length === 0 ? undone : `${undone}; remains: ${remains.join(' · ')}`;
}
