import { TerminalError, TransientError } from '../domain/errors.ts';
import type { Phase } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import type { Effect } from '../domain/undo.ts';
import { kindOf } from './registry.ts';
import type { SettleDeps } from './settle.ts';

export interface Undoing {
  readonly run: Run;
  readonly plan: Plan;
}

/** Takes one effect back by the undo that its intent names. @returns what is left of it, if anything. */
export async function undoEffect(effect: Effect, { plan, run }: Undoing, deps: SettleDeps): Promise<{ left?: string }> {
  const { undo } = effect.intent;
  if ('irreversible' in undo) return { left: undo.irreversible };
  const resource = plan.resources.find(({ id }) => id === effect.resource);
  if (resource === undefined) return { left: 'it is no longer in the plan' };
  if (!(await deps.lock.hold(run))) return { left: 'a newer run has taken over' };
  const kind = await kindOf(resource.kind);
  // Only steps that are phases act on resources, so the step of an intent is a phase.
  const target = { phase: effect.entry.step as Phase, run };
  const giveUpAt = deps.clock.now() + deps.pace.patienceSeconds * 1000;
  for (;;) {
    try {
      await kind.act(undo, resource.spec, target, deps.outside);
      break;
    } catch (error) {
      if (error instanceof TerminalError) return { left: error.message };
      if (!(error instanceof TransientError)) throw error;
      if (deps.clock.now() >= giveUpAt) return { left: error.message };
      await deps.clock.sleep(deps.pace.pollSeconds * 1000);
    }
  }
  await deps.journal.append({
    runId: run.id,
    epoch: run.epoch,
    step: 'restore',
    event: 'undone',
    resource: resource.id,
    why: `put back: ${effect.entry.why}`,
    data: effect.entry.sequence,
  });
  return {};
}
