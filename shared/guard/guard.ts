import type { Outside } from '../aws/outside.ts';
import { isFailure } from '../domain/errors.ts';
import { guardAction, type LeaseSeen, outwaitUntil, type WriteLease } from '../domain/lease.ts';
import type { LeaseTerms, Plan } from '../domain/plan.ts';
import type { Clock, Coordination, Log } from '../domain/ports.ts';
import { type Gate, gateOf } from './gate.ts';

export interface GuardDeps {
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
  readonly coordination: Pick<Coordination, 'lease' | 'lock'>;
}

/** What one turn of the guard knows besides the table. */
interface Watch {
  readonly plan: Plan;
  readonly terms: LeaseTerms;
  readonly gate: Gate;
  readonly deps: GuardDeps;
}

/**
 * Keeps the application of its own Region writing while that Region holds the write lease: renews it and hands each grant
 * to the gate. It loops because a schedule cannot run more often than once a minute. Without lease or gate it does nothing.
 * @returns how many grants the gate has taken
 */
export async function guard(
  plan: Plan,
  durationSeconds: number,
  deps: GuardDeps,
): Promise<{ readonly grants: number }> {
  const terms = plan.policy.lease;
  const gate = gateOf(plan, deps.region, deps.outside);
  if (terms === undefined || gate === undefined) return { grants: 0 };
  const { clock } = deps;
  const until = clock.now() + durationSeconds * 1000;
  const everyMs = terms.renewEverySeconds * 1000;
  let grant: WriteLease | undefined;
  let grants = 0;
  for (let due = clock.now(); due < until; due = Math.max(due + everyMs, clock.now())) {
    await clock.sleep(due - clock.now());
    const before = grant;
    grant = await turn({ plan, terms, gate, deps }, before);
    if (grant !== undefined && grant !== before) grants++;
  }
  return { grants };
}

/** @returns the grant under which the gate may be open afterwards */
async function turn(watch: Watch, grant: WriteLease | undefined): Promise<WriteLease | undefined> {
  const { deps, terms } = watch;
  const seen = await look(watch);
  const action = guardAction(seen, {
    region: deps.region,
    now: deps.clock.now(),
    renewEveryMs: terms.renewEverySeconds * 1000,
    ...(grant === undefined ? {} : { grant }),
  });
  if (action === 'release' && typeof seen !== 'string') return release(watch, seen, grant);
  if (action === 'renew' && typeof seen !== 'string') return (await renew(watch, seen)) ?? grant;
  if (action === 'fence' && grant !== undefined) return fence(watch, grant);
  return grant;
}

async function look({ deps, plan, terms }: Watch): Promise<LeaseSeen> {
  const { lease } = deps.coordination;
  const { application } = plan;
  return answered(deps, 'unanswered', async () => {
    const found = await lease.read(application);
    if (found !== undefined && found.claimedBy === undefined) return found;
    return (await ensureHeldInCharge({ plan, deps, terms }, found))
      ? ((await lease.read(application)) ?? 'absent')
      : (found ?? 'absent');
  });
}

/**
 * While no run is open, the Region in charge holds the lease. It begins it, and it takes it from a run that is over without
 * having given it back or handed it over: one that was taken over by a run that changed nothing, or that a person has ended
 * behind its promotion. Nobody else would, and the application would never write again. A run that is over holds no lock, so
 * it cannot act; and its grant fails from here.
 */
async function ensureHeldInCharge(
  { deps, plan, terms }: Pick<Watch, 'deps' | 'plan' | 'terms'>,
  found: WriteLease | undefined,
): Promise<boolean> {
  const { lease, lock } = deps.coordination;
  const charge = await lock.charge(plan.application);
  const inCharge = charge?.activeRegion ?? plan.regions.primary;
  if (charge?.runId !== undefined || inCharge !== deps.region) return false;
  const epoch = charge?.epoch ?? 0;
  if (found === undefined) return lease.begin(plan.application, { region: deps.region, epoch });
  if (epoch < found.epoch) return false;
  // The other Region may write until its last grant has been outwaited.
  const isOurs = found.region === deps.region;
  if (!isOurs && deps.clock.now() < outwaitUntil(found, terms.skewSeconds * 1000)) return false;
  deps.log('warn', `run ${found.claimedBy} is over: ${deps.region} takes its write lease`);
  return isOurs ? lease.giveBack(plan.application, found) : lease.inherit(plan.application, found, deps.region);
}

/** A freeze that was not sealed in time is over, whether its run is alive or not: writes go on here. */
async function release(watch: Watch, seen: WriteLease, grant: WriteLease | undefined): Promise<WriteLease | undefined> {
  const { deps, plan } = watch;
  const { lease } = deps.coordination;
  const isFree = await answered(deps, false, () => lease.release(plan.application, seen));
  if (!isFree) return grant;
  deps.log('warn', `the freeze by ${seen.claimedBy} is over: ${deps.region} writes again`, { epoch: seen.epoch });
  return (await renew(watch, { region: seen.region, epoch: seen.epoch, expiresAt: seen.expiresAt })) ?? grant;
}

/** The grant counts from before the call, and counts even if the gate does not confirm it: it may be open. */
async function renew({ deps, gate, plan, terms }: Watch, seen: WriteLease): Promise<WriteLease | undefined> {
  const expiresAt = deps.clock.now() + terms.seconds * 1000;
  const grant = await answered(deps, undefined, () => deps.coordination.lease.renew(plan.application, seen, expiresAt));
  if (grant === undefined) return undefined;
  const trouble = await gate.open(grant);
  if (trouble !== undefined) deps.log('warn', trouble, { region: deps.region, epoch: grant.epoch });
  return grant;
}

/** A gate that did not confirm is asked again at the next turn, until its grant has ended. */
async function fence({ deps, gate }: Watch, grant: WriteLease): Promise<WriteLease | undefined> {
  const trouble = await gate.close(grant);
  const isClosed = trouble === undefined || deps.clock.now() >= grant.expiresAt;
  deps.log('warn', trouble ?? `${deps.region} has lost the write lease: its gate is closed`, { epoch: grant.epoch });
  return isClosed ? undefined : grant;
}

/** No answer from the table is a state of the world, not an end of the watch. */
async function answered<T, O>({ log }: GuardDeps, otherwise: O, ask: () => Promise<T>): Promise<T | O> {
  try {
    return await ask();
  } catch (error) {
    if (!isFailure(error)) throw error;
    log('warn', error.message);
    return otherwise;
  }
}
