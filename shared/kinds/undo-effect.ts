import type { Decision } from '../domain/decision.ts';
import { isFailure, TransientError } from '../domain/errors.ts';
import type { Resource } from '../domain/plan.ts';
import type { Instant } from '../domain/run.ts';
import type { Effect } from '../domain/undo.ts';
import type { AnyKind, Goal } from './contract.ts';
import type { SettleDeps } from './settle.ts';

/** One effect to be taken back, with the goal that it was meant for. */
export interface Undoing {
  readonly effect: Effect;
  readonly resource: Resource;
  readonly kind: AnyKind;
  readonly goal: Omit<Goal, 'now'>;
  /** Until when to keep looking. */
  readonly giveUpAt: Instant;
}

interface Look {
  /** `wanted-again`: what was done is not there. */
  readonly verdict: Decision<unknown>['verdict'] | 'wanted-again' | 'unseen';
  readonly facts?: unknown;
}

/**
 * Takes one effect back by the undo that its intent names: look, act once, look again. An effect is gone when `check`
 * would ask for it again; what cannot be seen to be gone is reported, never assumed.
 * @returns what is left of it, in words; undefined when nothing is
 */
export async function undoEffect(undoing: Undoing, deps: SettleDeps): Promise<string | undefined> {
  const { effect, giveUpAt } = undoing;
  const { undo } = effect.intent;
  if ('irreversible' in undo) return undo.irreversible;
  let asked = false;
  let left = 'not seen to be undone';
  for (;;) {
    const { facts, verdict } = await look(undoing, deps);
    const isGone = verdict === 'wanted-again' || (asked && verdict === 'refuse');
    if (isGone && (asked || isVisibleByNow(effect, deps))) return noteUndone(undoing, deps);
    const obstacle = undoing.kind.mustNotUndo?.(undo, facts);
    if (obstacle !== undefined) left = obstacle;
    if (!asked && obstacle === undefined) {
      if (!(await deps.lock.hold(undoing.goal.run))) return 'a newer run has taken over';
      const failure = await act(undoing, undo, deps);
      if (failure !== undefined && !(failure instanceof TransientError)) return failure.message;
      asked = failure === undefined || failure.effect === 'unknown';
      left = failure?.message ?? left;
    }
    if (deps.clock.now() >= giveUpAt) return left;
    await deps.clock.sleep(deps.pace.pollSeconds * 1000);
  }
}

/**
 * What was asked for just now may not be visible yet, and looks as if it had never been: then it is undone all the same. All
 * undos set a state, so one too many does no harm.
 */
const isVisibleByNow = ({ entry }: Effect, { clock, pace }: SettleDeps): boolean =>
  clock.now() - entry.at >= pace.visibilitySeconds * 1000;

/** As the run that acted saw it: kinds may name things after its epoch. What cannot be seen now is looked at again. */
async function look({ effect, goal, kind, resource }: Undoing, { clock, outside }: SettleDeps): Promise<Look> {
  const meant = { ...goal, run: { ...goal.run, epoch: effect.entry.epoch } };
  try {
    const facts = await kind.observe(resource.spec, meant, outside);
    const decision = kind.check({ ...meant, now: clock.now() }, resource.spec, facts);
    const isWanted = decision.verdict === 'act' && decision.action.type === effect.intent.action.type;
    return { facts, verdict: isWanted ? 'wanted-again' : decision.verdict };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { verdict: 'unseen' };
  }
}

async function act({ goal, kind, resource }: Undoing, undo: { readonly type: string }, { outside }: SettleDeps) {
  try {
    await kind.act(undo, resource.spec, goal, outside);
    return undefined;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error;
  }
}

async function noteUndone({ effect, goal }: Undoing, { journal }: SettleDeps): Promise<undefined> {
  const why = `put back: ${effect.entry.why}`;
  const { epoch } = goal.run;
  // In the journal that has the intent, which after a takeover is the one of the run before.
  const { runId, sequence: data } = effect.entry;
  await journal.append({ runId, epoch, step: 'restore', event: 'undone', resource: effect.resource, why, data });
  return undefined;
}
