import type { LockState } from '../../shared/domain/ports.ts';
import type { Instant, Place } from '../../shared/domain/run.ts';
import { instances } from '../gameday/data.ts';
import { lockWrites } from './checkers/facts.ts';
import type { OpenDay } from './open-day.ts';

/** Once nothing is wrong any more, all must have come to rest within this time: that is what I12 demands; s. */
const restBoundSeconds = 45 * 60;

const lookEveryMs = 15_000;
/** An order through the public name was acknowledged so recently; ms. */
const servedWithinMs = 20_000;
/** How long an operator watches an application that is down and has no run, before starting one; ms. */
const patienceMs = 180_000;

/** Who was cut off or dead wakes when all is healed, and must get the time to do harm; ms. */
const aftermathMs = 60_000;

interface Look {
  readonly running: readonly string[];
  readonly charge: LockState | undefined;
  readonly isServed: boolean;
  /**
   * No execution runs, no run is open, and the application serves through its public name; or a person has ended the run that
   * put the Region in charge behind its promotion, and that Region takes orders: where the name leads is theirs to decide.
   */
  readonly isAtRest: boolean;
}

async function look(day: OpenDay): Promise<Look> {
  const { clients, clock, coordination, plan } = day;
  // While the table does not answer, nobody knows of rest.
  const charge = await coordination.lock.state(plan.application).catch(() => 'unanswered' as const);
  // After the answer: one may have begun meanwhile.
  const running = day.console.running();
  const isServed = clock.now() - clients.lastServedAt() <= servedWithinMs;
  if (charge === 'unanswered') return { running, charge: undefined, isServed, isAtRest: false };
  const isIdle = running.length === 0 && charge?.currentRun === undefined;
  const isLeftToPeople = (): boolean =>
    charge !== undefined && wasAbandoned(day) && isInHands(day, charge.activeRegion);
  return { running, charge, isServed, isAtRest: isIdle && (isServed || isLeftToPeople()) };
}

/** The run that has put the Region in charge was ended by a person, whatever runs have been stopped since. */
function wasAbandoned({ world }: OpenDay): boolean {
  const ends = lockWrites({ calls: world.history }).map(({ lastRun }) => lastRun?.end);
  return ends.findLast((end) => end === 'abandoned' || end === 'recovered') === 'abandoned';
}

/**
 * What a run leaves that a person has ended behind its promotion: the Region in charge takes orders, or its database was never
 * promoted (nobody knew), and promoting it is theirs as well.
 */
function isInHands({ clock, plan, shop, substrate, world }: OpenDay, region: string): boolean {
  const place = region === plan.regions.primary ? 'primary' : 'recovery';
  const isWriter = substrate.databaseRole({ region, instance: instances[place] }) === 'writer';
  const isChanging = world.rds(region).instance(instances[place]).DBInstanceStatus !== 'available';
  const lastAt = shop.commits.findLast((commit) => commit.region === region)?.at ?? 0;
  return (!isWriter && !isChanging) || clock.now() - lastAt <= servedWithinMs;
}

/** Nothing more is to be learnt from a day on which all has happened and a while has passed in peace. */
export async function untilQuiet(day: OpenDay, notBefore: Instant, notAfter: Instant): Promise<void> {
  const { clock } = day;
  await clock.sleep(Math.min(notBefore, notAfter) - clock.now());
  for (let quiet = 0; quiet < 4 && clock.now() < notAfter; ) {
    await clock.sleep(Math.min(lookEveryMs, notAfter - clock.now()));
    quiet = (await look(day)).isAtRest ? quiet + 1 : 0;
  }
}

/**
 * Watches the healed world, and does what the runbook tells an operator: a kill switch that somebody could not lift is lifted,
 * what a run asks for is granted, a held one resumed; a new one is started when one is open that nothing takes over, or when
 * the application stays down.
 * @returns why there was no rest within the bound; undefined when there was
 */
export async function untilAtRest(day: OpenDay): Promise<string | undefined> {
  const { clock, plan } = day;
  const startedAt = clock.now();
  let quietSince = clock.now();
  let rescues = 0;
  day.people.attitude = { toQuestions: 'approve', toHolds: 'resume' };
  await day.coordination.killSwitch.resume(plan.application);
  await clock.sleep(aftermathMs);
  for (;;) {
    const seen = await look(day);
    const { charge, isAtRest, running } = seen;
    if (isAtRest) return undefined;
    if (clock.now() - startedAt > restBoundSeconds * 1000) return unrest(seen);
    // Whoever has ended a run behind its promotion sees to the rest themselves.
    if (running.length > 0 || wasAbandoned(day)) quietSince = clock.now();
    // A watchdog takes over after once or twice the time; a person comes after it.
    const waitMs = charge?.currentRun === undefined ? patienceMs : 3 * plan.policy.takeOverAfterSeconds * 1000;
    if (clock.now() - quietSince > waitMs) {
      const inCharge = charge?.activeRegion ?? plan.regions.primary;
      const to: Place = inCharge === plan.regions.primary ? 'recovery' : 'primary';
      const request = { reason: 'the operator follows the runbook', force: true };
      day.console.start(`rescue-${++rescues}`, plan.regions[to], request);
      quietSince = clock.now();
    }
    await clock.sleep(lookEveryMs);
  }
}

function unrest({ charge, isServed, running }: Look): string {
  const state = [
    running.length > 0 ? `${running.join(', ')} still run` : 'no execution runs',
    charge?.currentRun === undefined ? 'no run is open' : `run ${charge.currentRun.id} is open`,
    isServed ? 'the application serves' : 'the application does not serve',
  ];
  return `${restBoundSeconds} s after all was healed: ${state.join(', ')}`;
}
