import { countedSince, type Evidence, detect as judge } from '../domain/detection.ts';
import type { Direction } from '../domain/direction.ts';
import { isFailure } from '../domain/errors.ts';
import type { WriteLease } from '../domain/lease.ts';
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

/** All that speaks for an incident or against it, read at the same moment: nobody waits for one after the other. */
interface Seen {
  readonly evidence: Evidence;
  readonly state: LockState | undefined;
  /** Undefined as well where the plan has none: then nothing is ever frozen. */
  readonly lease: WriteLease | undefined;
}

interface Asked {
  readonly direction: Direction;
  readonly plan: Plan;
}

/**
 * Looks until the signals agree. One alarm opens nothing: it may be the first of several, or a lie. A person who starts a
 * run has decided already, and the signals only date the incident.
 */
export async function confirmBySignals(input: StepInput, deps: Deps, asked: Asked): Promise<Confirmed> {
  const { request, startedAt } = input;
  const { direction, plan } = asked;
  const { from } = direction;
  if (request.trigger !== 'alarm') {
    const incidentAt = await dated(input, deps, asked);
    const why = `${request.trigger}: ${request.reason}`;
    return { status: 'settled', why, ...(incidentAt === undefined ? {} : { incidentAt }) };
  }
  const giveUpAt = Date.parse(startedAt) + plan.detection.agreeWithinSeconds * 1000;
  const lookUntil = Math.min(giveUpAt, deps.clock.now() + plan.pace.patienceSeconds * 1000);
  const { readEvidence } = await import('../signals/evidence.ts');
  for (;;) {
    const asked = { watched: from.place, now: deps.clock.now() };
    const [told, state, lease] = await Promise.all([
      readEvidence(deps.outside, plan, asked),
      deps.coordination.lock.state(plan.application),
      plan.policy.lease === undefined ? undefined : deps.coordination.lease.read(plan.application),
    ]);
    if (state !== undefined && state.activeRegion !== from.region) return notInCharge(state);
    const evidence = countedSince(told, state?.inChargeSince, plan.pace.visibilitySeconds);
    const judged = judge(evidence, plan.detection);
    const isConfirmed = judged.verdict === 'confirmed';
    const planned = isConfirmed ? explainedByMove({ evidence, lease, state }, plan, deps.clock.now()) : undefined;
    if (isConfirmed && planned === undefined) return { ...judged, status: 'settled' };
    const verdict = planned === undefined ? judged.verdict : 'inconclusive';
    const why = planned ?? judged.why;
    if (deps.clock.now() >= giveUpAt) return { status: 'refused', refusal: 'not-confirmed', why: `${verdict}: ${why}` };
    if (deps.clock.now() >= lookUntil) return { status: 'waiting', why, retryAfterSeconds: 1 };
    await deps.clock.sleep(plan.pace.pollSeconds * 1000);
  }
}

/** Somebody has moved the application meanwhile: what the alarm was about is over. */
const notInCharge = ({ activeRegion }: LockState): Confirmed => ({
  status: 'refused',
  refusal: 'region-not-in-charge',
  why: `${activeRegion} is in charge, so there is nothing to leave`,
});

/**
 * A planned run that has stopped all writes looks like an incident to users and to the standby. As long as it gives signs of
 * life, that is no reason to fail over beside it: the freeze is bounded, and behind it that run only goes forward. Nor is it
 * one right after a freeze that came to nothing: the alarms are red still, and the writes go on (docs/adr/0048).
 */
function explainedByMove(
  { evidence, lease, state }: Seen,
  { application, detection, pace, policy }: Plan,
  now: Instant,
): string | undefined {
  if (lease === undefined) return undefined;
  const run = state?.currentRun;
  if (state !== undefined && run !== undefined && isPlanned(run)) {
    const isAlive = now - state.heartbeatAt <= policy.takeOverAfterSeconds * 1000;
    // From the freeze to the end of the move: what is in charge by then is not what the signals watch.
    const isHandedOver = lease.region === run.to.region && lease.epoch === run.epoch;
    const isMoving = lease.claimedBy === run.id || isHandedOver;
    if (isAlive && isMoving) return `${run.id} moves ${application}, which explains the signals`;
  }
  if (lease.frozenUntil === undefined) return undefined;
  // The guard of the Region in charge renews, and opens its gate, at its next round.
  const writesGoOnAt = lease.frozenUntil + (policy.lease?.renewEverySeconds ?? 0) * 1000;
  const { verdict } = judge(countedSince(evidence, writesGoOnAt, pace.visibilitySeconds), detection);
  return verdict === 'confirmed' ? undefined : 'writes were frozen until a moment ago, which explains the signals';
}

/**
 * When the incident began that a person answers to, if the signals agree that there is one. Long after the loss of a source its
 * silence would look like lag, and a run that nothing was lost to would ask for a person. What cannot be asked says nothing.
 */
async function dated(
  { request }: StepInput,
  { clock, outside }: Deps,
  { direction: { from }, plan }: Asked,
): Promise<Instant | undefined> {
  if (request.incidentAt !== undefined || request.trigger !== 'manual') return undefined;
  const { readEvidence } = await import('../signals/evidence.ts');
  try {
    const judged = judge(await readEvidence(outside, plan, { watched: from.place, now: clock.now() }), plan.detection);
    return judged.verdict === 'confirmed' ? judged.incidentAt : undefined;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}
