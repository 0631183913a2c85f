import { detect as judge } from '../domain/detection.ts';
import type { Direction } from '../domain/direction.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Instant } from '../domain/run.ts';
import type { Deps, StepInput } from './contract.ts';

/** Settled: the incident is real, as far as anybody can tell. */
export type Confirmed = Outcome & {
  /** When it began, by the signals that agree. */
  readonly incidentAt?: Instant;
};

/**
 * Looks until the signals agree. One alarm opens nothing: it may be the first of several, or a lie. A person who starts a
 * run has decided already.
 */
export async function confirmBySignals(
  { request, startedAt }: StepInput,
  deps: Deps,
  { direction: { from }, plan }: { readonly direction: Direction; readonly plan: Plan },
): Promise<Confirmed> {
  if (request.trigger !== 'alarm') return { status: 'settled', why: `${request.trigger}: ${request.reason}` };
  const giveUpAt = Date.parse(startedAt) + plan.detection.agreeWithinSeconds * 1000;
  const lookUntil = Math.min(giveUpAt, deps.clock.now() + plan.pace.patienceSeconds * 1000);
  // Loaded here, because a run that a person has started asks no alarm.
  const { readEvidence } = await import('../signals/evidence.ts');
  for (;;) {
    const asked = { watched: from.place, now: deps.clock.now() };
    const judged = judge(await readEvidence(deps.outside, plan, asked), plan.detection);
    if (judged.verdict === 'confirmed') return { ...judged, status: 'settled' };
    const { verdict, why } = judged;
    if (deps.clock.now() >= giveUpAt) return { status: 'refused', refusal: 'not-confirmed', why: `${verdict}: ${why}` };
    if (deps.clock.now() >= lookUntil) return { status: 'waiting', why, retryAfterSeconds: 1 };
    await deps.clock.sleep(plan.pace.pollSeconds * 1000);
  }
}
