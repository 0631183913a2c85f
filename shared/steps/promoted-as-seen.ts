import type { Decision } from '../domain/decision.ts';
import { isFailure } from '../domain/errors.ts';
import { type Effect, intendedPromotions, passedPointOfNoReturn, seenPromoted } from '../domain/undo.ts';
import { kindOf } from '../kinds/registry.ts';
import type { StepContext } from './define-step.ts';
import { goalOf, participants } from './tasks.ts';

/**
 * Whether the point of no return has passed, by what is and not only by what was intended: an intent without an answer may
 * never have been sent. To be asked once isTooSoonToSee() is over. Only a standby that is seen to stand by counts as not promoted; in doubt it has been.
 * @returns in words what speaks for it; undefined when nothing does
 */
export async function promotedAsSeen(context: StepContext): Promise<string | undefined> {
  const journals = [context.entries, ...context.takenOver];
  const told = journals.map(passedPointOfNoReturn).find((why) => why !== undefined);
  if (told === undefined || journals.some((journal) => seenPromoted(journal) !== undefined)) return told;
  const standBy = await Promise.all(journals.flatMap(intendedPromotions).map((effect) => standsBy(effect, context)));
  return standBy.every((stands) => stands) ? undefined : told;
}

/** Whether every database is seen to be promoted: nothing is left that could still be promoted. In doubt it is not known. */
export async function isWhollyPromoted(context: StepContext): Promise<boolean> {
  const databases = await participants(context, 'promote');
  const looks = await Promise.all(databases.map(({ resource }) => lookAt({ resource: resource.id }, context)));
  return looks.length > 0 && looks.every((decision) => decision?.verdict === 'settled');
}

/** A promotion was intended so short a time ago that looking would not show it. */
export function isTooSoonToSee({ deps, entries, plan, takenOver }: StepContext): boolean {
  const intended = [entries, ...takenOver].flatMap(intendedPromotions);
  const visibleFrom = deps.clock.now() - plan.pace.visibilitySeconds * 1000;
  return intended.some(({ entry }) => entry.at > visibleFrom);
}

/** `check` would ask for the promotion, or asks whether it may, or lacks the proof of a planned run: it is a standby still. */
async function standsBy(effect: Effect, context: StepContext): Promise<boolean> {
  const decision = await lookAt(effect, context);
  return decision !== undefined && isYetToBe(decision);
}

/** @returns what Promote would decide now; undefined when the plan does not have the resource, or nobody answers */
async function lookAt(
  { resource: id }: Pick<Effect, 'resource'>,
  context: StepContext,
): Promise<Decision<unknown> | undefined> {
  const { deps, plan } = context;
  const resource = plan.resources.find((one) => one.id === id);
  if (resource === undefined) return undefined;
  const kind = await kindOf(resource.kind);
  try {
    const goal = await goalOf(context, { kind, phase: 'promote', resource });
    const facts = await kind.observe(resource.spec, goal, deps.outside);
    return kind.check({ ...goal, now: deps.clock.now() }, resource.spec, facts);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}

const isYetToBe = (decision: Decision<unknown>): boolean =>
  decision.verdict === 'act' ||
  (decision.verdict === 'wait' && decision.needs !== undefined) ||
  (decision.verdict === 'refuse' && decision.refusal === 'not-synced');
