import type { Charge } from '../../shared/domain/ports.ts';
import type { Instant, Place } from '../../shared/domain/run.ts';
import { failoverMachine } from '../runtime.ts';
import type { OpenDay } from './open-day.ts';

/** Once nothing is wrong any more, all must have come to rest within this time: that is what I12 demands; s. */
export const restBoundSeconds = 45 * 60;

const lookEveryMs = 15_000;
/** An order through the public name was acknowledged so recently; ms. */
const servedWithinMs = 20_000;
/** How long an operator watches an application that is down and has no run, before starting one; ms. */
const patienceMs = 180_000;

/** Who was cut off or dead wakes when all is healed, and must get the time to do harm; ms. */
const aftermathMs = 60_000;

interface Look {
  readonly running: readonly string[];
  readonly charge: Charge | undefined;
  readonly isServed: boolean;
  /** The application serves through its public name, no execution runs, and no run is open. */
  readonly isAtRest: boolean;
}

async function look(day: OpenDay): Promise<Look> {
  const { clients, clock, coordination, plan } = day;
  const running = runningExecutions(day);
  const charge = await coordination.lock.charge(plan.application).catch(() => undefined);
  const isServed = clock.now() - clients.lastServedAt() <= servedWithinMs;
  return { running, charge, isServed, isAtRest: running.length === 0 && charge?.runId === undefined && isServed };
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
 * Watches the healed world, and does what the runbook tells an operator: nothing while an execution runs; a new run when one
 * is held, once it may be taken over, or when the application stays down.
 * @returns why there was no rest within the bound; undefined when there was
 */
export async function untilAtRest(day: OpenDay): Promise<string | undefined> {
  const { clock, plan } = day;
  const startedAt = clock.now();
  let quietSince = clock.now();
  let rescues = 0;
  await clock.sleep(aftermathMs);
  for (;;) {
    const seen = await look(day);
    const { charge, isAtRest, running } = seen;
    if (isAtRest) return undefined;
    if (clock.now() - startedAt > restBoundSeconds * 1000) return unrest(seen);
    if (running.length > 0) quietSince = clock.now();
    const waitMs = charge?.runId === undefined ? patienceMs : plan.policy.takeOverAfterSeconds * 1000;
    if (clock.now() - quietSince > waitMs) {
      const inCharge = charge?.activeRegion ?? plan.regions.primary;
      const to: Place = inCharge === plan.regions.primary ? 'recovery' : 'primary';
      day.start(`rescue-${++rescues}`, to, { reason: 'the operator follows the runbook' });
      quietSince = clock.now();
    }
    await clock.sleep(lookEveryMs);
  }
}

function unrest({ charge, isServed, running }: Look): string {
  const state = [
    running.length > 0 ? `${running.join(', ')} still run` : 'no execution runs',
    charge?.runId === undefined ? 'no run is open' : `run ${charge.runId} is open`,
    isServed ? 'the application serves' : 'the application does not serve',
  ];
  return `${restBoundSeconds} s after all was healed: ${state.join(', ')}`;
}

function runningExecutions({ plan, world }: OpenDay): readonly string[] {
  return [plan.regions.primary, plan.regions.recovery].flatMap((region) => {
    const stateMachineArn = world.stateMachineArn(region, failoverMachine);
    const { executions } = world
      .stepFunctions(region)
      .operations.ListExecutions({ stateMachineArn, statusFilter: 'RUNNING' });
    return executions.map(({ name = '' }) => name);
  });
}
