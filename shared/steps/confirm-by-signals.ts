import { detect as judge, sinceInCharge } from '../domain/detection.ts';
import type { Direction } from '../domain/direction.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { LockState } from '../domain/ports.ts';
import { type Instant, isPlanned } from '../domain/run.ts';
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
    const [evidence, state] = await Promise.all([
      readEvidence(deps.outside, plan, asked),
      deps.coordination.lock.state(plan.application),
    ]);
    const judged = judge(sinceInCharge(evidence, state?.inChargeSince), plan.detection);
    const frozen = judged.verdict === 'confirmed' ? await movingNow(state, plan, deps) : undefined;
    if (judged.verdict === 'confirmed' && frozen === undefined) return { ...judged, status: 'settled' };
    const verdict = frozen === undefined ? judged.verdict : 'inconclusive';
    const why = frozen ?? judged.why;
    if (deps.clock.now() >= giveUpAt) return { status: 'refused', refusal: 'not-confirmed', why: `${verdict}: ${why}` };
    if (deps.clock.now() >= lookUntil) return { status: 'waiting', why, retryAfterSeconds: 1 };
    await deps.clock.sleep(plan.pace.pollSeconds * 1000);
  }
}

/**
 * A planned run that has stopped all writes looks like an incident to users and to the standby. As long as it gives signs of
 * life, that is no reason to fail over beside it: the freeze is bounded, and behind it that run only goes forward.
 */
async function movingNow(
  state: LockState | undefined,
  { application, policy }: Plan,
  { clock, coordination }: Deps,
): Promise<string | undefined> {
  const run = state?.currentRun;
  if (state === undefined || run === undefined || !isPlanned(run)) return undefined;
  if (clock.now() - state.heartbeatAt > policy.takeOverAfterSeconds * 1000) return undefined;
  const lease = await coordination.lease.read(application);
  const isClaimed = lease?.claimedBy === run.id;
  // From the freeze to the end of the move: what is in charge by then is not what the signals watch.
  const isHandedOver = lease?.region === run.to.region && lease.epoch === run.epoch;
  return isClaimed || isHandedOver ? `${run.id} moves ${application}, which explains the signals` : undefined;
}
