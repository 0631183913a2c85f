import { directionOf } from '../domain/direction.ts';
import { isFailure } from '../domain/errors.ts';
import type { Phase } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Deps } from './contract.ts';

export interface Evaluation {
  readonly recorded: number;
  /** What could not be seen, and why. */
  readonly failures: readonly string[];
}

/**
 * Looks at every resource while all is well and records the facts, so that a run knows the capacity of a Region that no
 * longer answers, and that a standby was a replica. Changes nothing, and records nothing while a run is open.
 */
export async function evaluate(plan: Plan, deps: Deps): Promise<Evaluation> {
  const charge = await deps.coordination.lock.charge(plan.application);
  if (charge?.runId !== undefined) return { recorded: 0, failures: [`run ${charge.runId} is open: not all is well`] };
  const run = asIfRun(plan, deps, directionOf(plan, {}, charge), charge?.epoch ?? 0);
  const goals = await Promise.all(
    plan.resources.map(async (resource) => {
      const kind = await kindOf(resource.kind);
      return kind.phases.map((phase) => ({ kind, phase, resource }));
    }),
  );
  const failures: string[] = [];
  let recorded = 0;
  const look = async ({ kind, phase, resource }: (typeof goals)[number][number]): Promise<void> => {
    try {
      const facts = await kind.observe(resource.spec, { phase, run }, deps.outside);
      if (kind.isComplete?.(facts) === false) {
        failures.push(`${resource.id} (${phase}): its Region does not answer`);
        return;
      }
      await recordFacts(plan, deps, { phase, resource: resource.id, run, facts });
      recorded++;
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures.push(`${resource.id} (${phase}): ${error.message}`);
    }
  };
  await Promise.all(goals.flat().map(look));
  for (const failure of failures) deps.log('warn', failure, { application: plan.application });
  return { recorded, failures };
}

/** Kinds look at the target of a run; an evaluation asks about the run that would come if trouble came now. */
function asIfRun(plan: Plan, deps: Deps, direction: ReturnType<typeof directionOf>, epoch: number): Run {
  const now = deps.clock.now();
  return {
    id: 'evaluation',
    application: plan.application,
    trigger: 'drill',
    reason: 'readiness evaluation',
    ...direction,
    epoch,
    openedAt: now,
    incidentAt: now,
  };
}

interface Seen {
  readonly phase: Phase;
  readonly resource: string;
  readonly run: Run;
  readonly facts: unknown;
}

async function recordFacts(
  plan: Plan,
  { clock, coordination }: Deps,
  { facts, phase, resource, run }: Seen,
): Promise<void> {
  const key = { application: plan.application, resource, phase, fromRegion: run.from.region };
  await coordination.facts.record(key, { at: clock.now(), facts });
}
