import type { JournalEntry } from '../domain/journal.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Phase } from '../domain/phase.ts';
import type { Plan, Resource } from '../domain/plan.ts';
import type { RecordedFacts } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import type { AnyKind, Goal } from '../kinds/contract.ts';
import { kindOf } from '../kinds/registry.ts';
import type { SettleDeps, Task } from '../kinds/settle.ts';
import { settleAll } from '../kinds/settle-all.ts';
import type { Deps } from './contract.ts';
import type { StepContext } from './define-step.ts';

/** What the journal keeps of a resource that was surveyed. */
export interface Surveyed {
  readonly phase: Phase;
  readonly facts: unknown;
}

/** Brings every resource that takes part in a phase to its goal, as far as the patience of one invocation goes. */
export async function settlePhase(
  context: StepContext,
  phase: Phase,
  patienceSeconds = context.plan.pace.patienceSeconds,
): Promise<ReadonlyMap<string, Outcome>> {
  const tasks = await tasksOf(context, phase, patienceSeconds * 1000);
  return settleAll(tasks, settleDepsOf(context));
}

async function tasksOf(context: StepContext, phase: Phase, patienceMs: number): Promise<readonly Task[]> {
  const { entries, plan, run, step, takenOver } = context;
  // The oldest survey saw the resources before any of these runs had changed them.
  const surveys = [...takenOver.toReversed().flat(), ...entries];
  const taking = await participants(plan, phase);
  return Promise.all(
    taking.map(async ({ kind, resource }) => {
      const surveyed = surveyedFacts(surveys, resource.id, phase);
      const goal = await goalOf(context.deps, { kind, phase, plan, resource, run });
      // What the survey saw is newer than any record, and nothing of this run is in it.
      const recorded = surveyed === undefined ? goal.recorded : { ...goal.recorded, [phase]: surveyed };
      return {
        kind,
        resource,
        step,
        goal: { ...goal, recorded },
        history: entries.filter((entry) => entry.resource === resource.id && entry.step === step),
        patienceMs,
        ...(surveyed === undefined ? {} : { surveyed: surveyed.facts }),
      };
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

/** The resources that take part in a phase, in the order of the plan. */
export async function participants(plan: Plan, phase: Phase): Promise<readonly Participant[]> {
  const all = await Promise.all(
    plan.resources.map(async (resource) => ({ resource, kind: await kindOf(resource.kind) })),
  );
  return all.filter(({ kind }) => kind.phases.includes(phase));
}

interface GoalWanted extends Participant {
  readonly phase: Phase;
  readonly plan: Plan;
  readonly run: Run;
}

/** A goal with what was recorded of the resource, in all phases of its kind, while this direction was the good one. */
export async function goalOf(deps: Deps, { kind, phase, plan, resource, run }: GoalWanted): Promise<Omit<Goal, 'now'>> {
  const recorded: Partial<Record<Phase, RecordedFacts>> = {};
  await Promise.all(
    kind.phases.map(async (one) => {
      const key = { application: plan.application, resource: resource.id, phase: one, fromRegion: run.from.region };
      const last = await deps.coordination.facts.last(key);
      if (last !== undefined) recorded[one] = last;
    }),
  );
  return { phase, run, objectives: plan.objectives, recorded };
}

function surveyedFacts(entries: readonly JournalEntry[], resource: string, phase: Phase): RecordedFacts | undefined {
  for (const { at, data, event, resource: of } of entries) {
    const surveyed = event === 'surveyed' && of === resource ? (data as Surveyed | undefined) : undefined;
    if (surveyed?.phase === phase) return { at, facts: surveyed.facts };
  }
  return undefined;
}
