import type { Place } from '../../shared/domain/run.ts';
import { failoverMachine } from '../runtime.ts';
import type { OpenDay } from './open-day.ts';

/** Once nothing is wrong any more, all must have come to rest within this time: that is what I12 demands; s. */
export const restBoundSeconds = 45 * 60;

const lookEveryMs = 15_000;
/** An order through the public name was acknowledged so recently; ms. */
const servedWithinMs = 20_000;
/** How long an operator watches an application that is down and has no run, before starting one; ms. */
const patienceMs = 180_000;

/**
 * Watches the healed world, and does what the runbook tells an operator: nothing while an execution runs; a new run when one
 * is held, once it may be taken over, or when the application stays down. Rest: the application serves through its public
 * name, no execution runs, and no run is open.
 * @returns why there was no rest within the bound; undefined when there was
 */
export async function untilAtRest(day: OpenDay): Promise<string | undefined> {
  const { clients, clock, coordination, plan } = day;
  const startedAt = clock.now();
  let quietSince = clock.now();
  let rescues = 0;
  for (;;) {
    const running = runningExecutions(day);
    const charge = await coordination.lock.charge(plan.application);
    const isServed = clock.now() - clients.lastServedAt() <= servedWithinMs;
    if (running.length === 0 && charge?.runId === undefined && isServed) return undefined;
    if (clock.now() - startedAt > restBoundSeconds * 1000) {
      const state = [
        running.length > 0 ? `${running.join(', ')} still run` : 'no execution runs',
        charge?.runId === undefined ? 'no run is open' : `run ${charge.runId} is open`,
        isServed ? 'the application serves' : 'the application does not serve',
      ];
      return `${restBoundSeconds} s after all was healed: ${state.join(', ')}`;
    }
    if (running.length > 0 || (charge?.runId === undefined && isServed)) quietSince = clock.now();
    const waitMs = charge?.runId === undefined ? patienceMs : plan.policy.takeOverAfterSeconds * 1000;
    if (running.length === 0 && clock.now() - quietSince > waitMs) {
      const inCharge = charge?.activeRegion ?? plan.regions.primary;
      const to: Place = inCharge === plan.regions.primary ? 'recovery' : 'primary';
      day.start(`rescue-${++rescues}`, to, { reason: 'the operator follows the runbook' });
      quietSince = clock.now();
    }
    await clock.sleep(lookEveryMs);
  }
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
