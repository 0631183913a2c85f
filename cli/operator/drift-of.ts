import type { Outside } from '../../shared/aws/outside.ts';
import { directionOf } from '../../shared/domain/direction.ts';
import type { Charged, DriftNote } from '../../shared/domain/drift.ts';
import { isFailure } from '../../shared/domain/errors.ts';
import type { Phase } from '../../shared/domain/phase.ts';
import type { Plan, Resource } from '../../shared/domain/plan.ts';
import type { Charge } from '../../shared/domain/ports.ts';
import { type Instant, places, type Run } from '../../shared/domain/run.ts';
import type { AnyKind, Drift, Handover } from '../../shared/kinds/contract.ts';
import { kindOf } from '../../shared/kinds/registry.ts';

export interface Drifted extends Charged {
  readonly notes: readonly (DriftNote & { readonly resource: string })[];
  /** What could not be looked at, and why: nothing is known of it. */
  readonly unseen: readonly string[];
}

interface Asked {
  readonly plan: Plan;
  readonly charge: Charge;
  readonly outside: Outside;
  readonly now: Instant;
}

/** Looks at what infrastructure code describes, as runs would, and asks each kind what the code believes wrongly. */
export async function driftOf(asked: Asked): Promise<Drifted> {
  const { from: inCharge, to: atRest } = directionOf(asked.plan, {}, asked.charge);
  const found = await Promise.all(
    asked.plan.resources.map((resource) => ofResource(asked, resource, { inCharge, atRest })),
  );
  return {
    inCharge,
    atRest,
    notes: found.flatMap(({ notes }) => notes),
    unseen: found.flatMap(({ unseen }) => unseen),
  };
}

async function ofResource(
  asked: Asked,
  resource: Resource,
  charged: Charged,
): Promise<Pick<Drifted, 'notes' | 'unseen'>> {
  const kind = await kindOf(resource.kind);
  const { drift } = kind;
  if (drift === undefined) return { notes: [], unseen: [] };
  const unseen: string[] = [];
  const seen: Record<string, Partial<Record<Phase, unknown>>> = {};
  for (const place of places) {
    const run = asIfRun(asked, place);
    const facts = await Promise.all(drift.phases.map((phase) => look({ ...asked, kind, resource }, { phase, run })));
    unseen.push(...facts.flatMap((one) => ('failure' in one ? [`${resource.id} (${one.phase}): ${one.failure}`] : [])));
    seen[place] = Object.fromEntries(facts.flatMap((one) => ('facts' in one ? [[one.phase, one.facts]] : [])));
  }
  return { notes: notesOf(drift, resource, { ...charged, seen }), unseen };
}

const notesOf = (
  drift: Drift<unknown, unknown>,
  { id, spec }: Resource,
  handover: Handover<unknown>,
): Drifted['notes'] => drift.notes(spec, handover).map((note) => ({ resource: id, ...note }));

type Looked = { readonly phase: Phase } & ({ readonly facts: unknown } | { readonly failure: string });

async function look(
  { kind, outside, resource }: Asked & { readonly kind: AnyKind; readonly resource: Resource },
  target: { readonly phase: Phase; readonly run: Run },
): Promise<Looked> {
  const { phase } = target;
  try {
    const facts = await kind.observe(resource.spec, target, outside);
    return kind.isComplete?.(facts) === false ? { phase, failure: 'a Region does not answer' } : { phase, facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { phase, failure: error.message };
  }
}

/** Kinds look at the target of a run: here one that goes to the place, whoever is in charge. */
function asIfRun({ charge, now, plan }: Asked, to: Run['to']['place']): Run {
  return {
    id: 'drift',
    application: plan.application,
    trigger: 'manual',
    purpose: 'failover',
    reason: 'what infrastructure code believes wrongly',
    ...directionOf(plan, { from: to === 'primary' ? 'recovery' : 'primary' }),
    epoch: charge.epoch,
    openedAt: now,
    incidentAt: now,
  };
}
