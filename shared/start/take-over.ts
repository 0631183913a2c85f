import type { Outside } from '../aws/outside.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock, Coordination, LockState, Log } from '../domain/ports.ts';
import type { Instant, Purpose, RunRequest } from '../domain/run.ts';
import { machineFor } from './machine-of.ts';

export interface TakeOverDeps {
  readonly region: string;
  readonly stateMachineArn: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
  readonly coordination: Pick<Coordination, 'lock' | 'killSwitch'>;
}

/** Looks so often in the time after which a run counts as dead. */
const looksPerSilence = 4;

/**
 * The watchdog of runs: starts another execution once a run gives no sign of life, so that no run depends on the Step
 * Functions of one Region. It loops because a schedule cannot run more often than once a minute.
 * @returns the executions that it has started
 */
export async function takeOver(
  plan: Plan,
  durationSeconds: number,
  deps: TakeOverDeps,
): Promise<{ readonly started: readonly string[] }> {
  const { clock, coordination } = deps;
  const until = clock.now() + durationSeconds * 1000;
  const started: string[] = [];
  for (;;) {
    const wanted = takeOverWanted(await coordination.lock.state(plan.application), {
      plan,
      region: deps.region,
      now: clock.now(),
    });
    if (wanted !== undefined && (await start(plan, wanted, deps))) started.push(wanted.name);
    const pauseMs = (plan.policy.takeOverAfterSeconds * 1000) / looksPerSilence;
    if (clock.now() + pauseMs >= until) return { started };
    await clock.sleep(pauseMs);
  }
}

interface Wanted {
  readonly name: string;
  readonly purpose: Purpose;
  readonly request: RunRequest;
}

export interface TakeOverWatch {
  readonly plan: Plan;
  /** Where this watchdog runs. */
  readonly region: string;
  readonly now: Instant;
}

/**
 * Whether a run must be taken over, and under which name. The Region being activated comes first. The one being left comes
 * after twice the time: by then the other one has shown that it cannot even start an execution. The name changes with each
 * such span, so that a takeover which died before it opened a run is tried again.
 */
export function takeOverWanted(lock: LockState | undefined, { now, plan, region }: TakeOverWatch): Wanted | undefined {
  const run = lock?.currentRun;
  if (lock === undefined || run === undefined) return undefined;
  const spanMs = plan.policy.takeOverAfterSeconds * 1000;
  const patienceMs = { [run.to.region]: spanMs, [run.from.region]: 2 * spanMs }[region];
  const silentMs = now - lock.heartbeatAt;
  if (patienceMs === undefined || silentMs <= patienceMs) return undefined;
  const spans = Math.floor(silentMs / spanMs);
  return {
    name: `${plan.application}-takeover-${run.epoch}-${spans}-${region}`.slice(0, 80),
    purpose: run.purpose,
    request: {
      application: plan.application,
      trigger: 'takeover',
      takesOver: run.id,
      reason: `run ${run.id} gave no sign of life for ${Math.round(silentMs / 1000)} s`,
    },
  };
}

/** A person who has halted the application does not want runs to start by themselves, also not this one. */
async function start(plan: Plan, { name, purpose, request }: Wanted, deps: TakeOverDeps): Promise<boolean> {
  const halt = await deps.coordination.killSwitch.halted(plan.application);
  if (halt !== undefined) {
    deps.log('warn', `no takeover of ${request.takesOver}: halted by ${halt.by}: ${halt.reason}`);
    return false;
  }
  const { region } = deps;
  const stateMachineArn = machineFor(purpose, deps.stateMachineArn);
  const { startExecution } = await import('./start-execution.ts');
  const answer = await startExecution(deps.outside, { region, stateMachineArn, name, request });
  if (answer === 'started') deps.log('warn', `${name} started: ${request.reason}`);
  return answer === 'started';
}
