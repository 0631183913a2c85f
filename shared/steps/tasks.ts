import { acceptedLoss } from '../domain/approval.ts';
import { dependenciesAmong } from '../domain/dependencies.ts';
import { skippedIn } from '../domain/directive.ts';
import { intendedActions } from '../domain/intended.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Phase } from '../domain/phase.ts';
import type { Resource } from '../domain/plan.ts';
import type { RecordedFacts } from '../domain/ports.ts';
import { type Instant, isPlanned } from '../domain/run.ts';
import { surveyedFacts } from '../domain/surveyed.ts';
import type { AnyKind, Goal, KnownFacts } from '../kinds/contract.ts';
import { phasesOf } from '../kinds/phases-of.ts';
import { kindOf } from '../kinds/registry.ts';
import type { SettleDeps, Task } from '../kinds/settle.ts';
import { settleAll } from '../kinds/settle-all.ts';
import type { StepContext } from './define-step.ts';
import { syncedIn } from './synced.ts';

/** Brings every resource that takes part in a phase to its goal, as far as the patience of one invocation goes. */
export async function settlePhase(
  context: StepContext,
  phase: Phase,
  patienceSeconds = context.plan.pace.patienceSeconds,
): Promise<ReadonlyMap<string, Outcome>> {
  // One deadline for all of them: the invocation has one, however many resources there are.
  const giveUpAt = context.deps.clock.now() + patienceSeconds * 1000;
  const tasks = await tasksOf(context, phase, giveUpAt);
  return settleAll(tasks, settleDepsOf(context));
}

async function tasksOf(context: StepContext, phase: Phase, giveUpAt: Instant): Promise<readonly Task[]> {
  const { entries, plan, step } = context;
  const taking = await participants(context, phase);
  const ids = new Set(taking.map(({ resource }) => resource.id));
  return Promise.all(
    taking.map(async ({ kind, resource }) => {
      const goal = await goalOf(context, { kind, phase, resource });
      const history = entries.filter((entry) => entry.resource === resource.id && entry.step === step);
      const dependsOn = dependenciesAmong(plan.resources, resource, ids);
      return { kind, resource: { ...resource, dependsOn }, step, goal, history, giveUpAt };
    }),
  );
}

export function settleDepsOf({ deps, plan }: StepContext): SettleDeps {
  const { clock, coordination, outside } = deps;
  return { clock, outside, journal: coordination.journal, lock: coordination.lock, pace: plan.pace };
}

export interface Participant {
  readonly resource: Resource;
  readonly kind: AnyKind;
}

/** The resources that take part in a phase, in the order of the plan, without those that a person has had skipped. */
export async function participants(
  { entries, plan, takenOver }: Pick<StepContext, 'entries' | 'plan' | 'takenOver'>,
  phase: Phase,
): Promise<readonly Participant[]> {
  const skipped = skippedIn([...takenOver.flat(), ...entries]);
  const wanted = plan.resources.filter(({ id }) => !skipped.has(id));
  const all = await Promise.all(wanted.map(async (resource) => ({ resource, kind: await kindOf(resource.kind) })));
  return all.filter(({ kind, resource }) => phasesOf(kind, resource.spec).includes(phase));
}

interface GoalWanted extends Participant {
  readonly phase: Phase;
}

/** A goal with all that is known of the resource in the phases of its kind: recorded before this run, and surveyed in it. */
export async function goalOf(context: StepContext, { kind, phase, resource }: GoalWanted): Promise<Omit<Goal, 'now'>> {
  const { entries, plan, run, takenOver } = context;
  // The oldest survey saw the resources before any of these runs had changed them.
  const told = [...takenOver.toReversed().flat(), ...entries];
  const accepted = acceptedLoss(told);
  const [recorded, recordedInCharge] = await Promise.all([
    recordedFacts(context, { fromRegion: run.from.region, phases: phasesOf(kind, resource.spec), resource }),
    recordedFacts(context, { fromRegion: run.to.region, phases: kind.remembers ?? [], resource }),
  ]);
  const synced = isPlanned(run) ? syncedIn(entries) : undefined;
  return {
    phase,
    run,
    objectives: plan.objectives,
    recorded,
    recordedInCharge,
    surveyed: surveyedFacts(told, resource.id),
    intended: intendedActions([entries, ...takenOver], { resource: resource.id, step: phase }),
    ...(accepted === undefined ? {} : { acceptedLoss: accepted }),
    ...(synced === undefined ? {} : { synced }),
  };
}

interface RecordsWanted {
  /** Who was in charge. */
  readonly fromRegion: string;
  readonly phases: readonly Phase[];
  readonly resource: Resource;
}

async function recordedFacts(
  { deps, plan }: StepContext,
  { fromRegion, phases, resource }: RecordsWanted,
): Promise<KnownFacts> {
  const recorded: Partial<Record<Phase, RecordedFacts>> = {};
  await Promise.all(
    phases.map(async (phase) => {
      const key = { application: plan.application, resource: resource.id, phase, fromRegion };
      const last = await deps.coordination.facts.last(key);
      if (last !== undefined) recorded[phase] = last;
    }),
  );
  return recorded;
}
