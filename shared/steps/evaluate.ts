import { directionOf } from '../domain/direction.ts';
import { isFailure } from '../domain/errors.ts';
import { type Phase, phasesOfPurpose } from '../domain/phase.ts';
import type { Plan, Resource } from '../domain/plan.ts';
import type { Charge } from '../domain/ports.ts';
import type { Instant, Run } from '../domain/run.ts';
import type { AnyKind } from '../kinds/contract.ts';
import { phasesOf } from '../kinds/phases-of.ts';
import { kindOf } from '../kinds/registry.ts';
import type { Deps } from './contract.ts';

export interface Evaluation {
  readonly recorded: number;
  /** What could not be seen or was not recorded, and why. */
  readonly failures: readonly string[];
}

/**
 * Looks at every resource while all is well and records the facts, so that a run knows the capacity of a Region that no
 * longer answers, and that a standby was a replica. Changes nothing, and records nothing while a run is open.
 */
export async function evaluate(plan: Plan, deps: Deps): Promise<Evaluation> {
  const { lock } = deps.coordination;
  const charge = await lock.charge(plan.application);
  const run = asIfRun(plan, deps.clock.now(), charge);
  const looks = await Promise.all((await goalsOf(plan)).map((goal) => look(goal, run, deps)));
  // Asked again: facts of a run that was opened meanwhile would tell what it did, not what was.
  const now = await lock.charge(plan.application);
  const open = charge?.runId ?? now?.runId;
  if (open !== undefined) return { recorded: 0, failures: [`run ${open} is open: not all is well`] };
  const seen = looks.filter((one) => 'facts' in one);
  await Promise.all(seen.map((one) => record(one, run, deps)));
  const failures = looks.flatMap((one) => ('failure' in one ? [one.failure] : []));
  for (const failure of failures) deps.log('warn', failure, { application: plan.application });
  return { recorded: seen.length, failures };
}

interface GoalToLookAt {
  readonly kind: AnyKind;
  readonly phase: Phase;
  readonly resource: Resource;
}

async function goalsOf(plan: Plan): Promise<readonly GoalToLookAt[]> {
  const goals = plan.resources.map(async (resource) => {
    const kind = await kindOf(resource.kind);
    const served = phasesOf(kind, resource.spec).filter((phase) => phasesOfPurpose('failover').includes(phase));
    return served.map((phase) => ({ kind, phase, resource }));
  });
  return (await Promise.all(goals)).flat();
}

/** Kinds look at the target of a run; an evaluation asks about the run that would come if trouble came now. */
function asIfRun(plan: Plan, now: Instant, charge: Charge | undefined): Run {
  return {
    id: 'evaluation',
    application: plan.application,
    trigger: 'manual',
    purpose: 'failover',
    reason: 'readiness evaluation',
    ...directionOf(plan, {}, charge),
    epoch: charge?.epoch ?? 0,
    openedAt: now,
    incidentAt: now,
  };
}

type Looked = { readonly goal: GoalToLookAt; readonly facts: unknown } | { readonly failure: string };

async function look(goal: GoalToLookAt, run: Run, { outside }: Deps): Promise<Looked> {
  const { kind, phase, resource } = goal;
  const failed = (why: string): Looked => ({ failure: `${resource.id} (${phase}): ${why}` });
  try {
    const facts = await kind.observe(resource.spec, { phase, run }, outside);
    return kind.isComplete?.(facts) === false ? failed('its Region does not answer') : { goal, facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return failed(error.message);
  }
}

async function record({ facts, goal }: Extract<Looked, { facts: unknown }>, run: Run, deps: Deps): Promise<void> {
  const { phase, resource } = goal;
  const key = { application: run.application, resource: resource.id, phase, fromRegion: run.from.region };
  await deps.coordination.facts.record(key, { at: deps.clock.now(), facts });
}
