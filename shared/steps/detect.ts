import { type Direction, directionOf } from '../domain/direction.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Opening } from '../domain/ports.ts';
import { type Instant, isPlanned, type Purpose, type Run, seatOf } from '../domain/run.ts';
import { commandFor } from './advice.ts';
import { type Confirmed, confirmBySignals } from './confirm-by-signals.ts';
import { confirmWell } from './confirm-well.ts';
import { type Deps, purposesOfMachine, type Step, type StepInput } from './contract.ts';
import { haltedBy } from './halted.ts';
import { planOf, resultOf } from './result.ts';

/**
 * Confirms the incident, or for a planned run that the other Region is well; then opens the run under a new epoch. An alarm
 * alone opens nothing: the quorum is read again here, because one alarm may be the first of several, or a lie. A person who
 * starts a failover has decided already.
 */
export const detect: Step = {
  id: 'detect',
  async run(input, deps) {
    const plan = planOf(deps, input.request.application);
    const charge = await deps.coordination.lock.charge(plan.application);
    const continued = await runTakenOver(input, deps);
    const direction = continued ?? directionOf(plan, input.request, charge);
    const purpose = continued?.purpose ?? input.request.purpose ?? purposesOfMachine[input.machine][0];
    const wrong =
      wrongMachine(purpose, input) ??
      wrongWay(purpose, direction, plan) ??
      wrongRegion(purpose, direction, input, deps);
    if (wrong !== undefined) return resultOf('detect', wrong);
    // A repeated Detect finds its own run open; the signals may have changed since, the decision has not.
    const isNew = charge?.runId !== input.runId;
    const confirm = isPlanned({ purpose }) ? confirmWell : confirmBySignals;
    const detected: Confirmed = isNew ? await confirm(input, deps, { plan, direction, purpose }) : opened;
    const { incidentAt = input.request.incidentAt, ...confirmed } = detected;
    const dated = { ...input, request: { ...input.request, incidentAt } };
    const outcome =
      confirmed.status === 'settled'
        ? await open(dated, deps, { plan, direction, purpose, isNew, why: detected.why })
        : confirmed;
    deps.log('info', outcome.why, { runId: input.runId, step: 'detect', status: outcome.status });
    return resultOf('detect', outcome);
  },
};

/** A takeover goes where the run went that it continues. */
async function runTakenOver({ request }: StepInput, { coordination }: Deps): Promise<Run | undefined> {
  return request.takesOver === undefined ? undefined : coordination.lock.run(request.takesOver);
}

/** The states of a machine are those of its purposes: with another one a run would skip what makes it safe. */
function wrongMachine(purpose: Purpose, { machine }: StepInput): Outcome | undefined {
  const served: readonly Purpose[] = purposesOfMachine[machine];
  if (served.includes(purpose)) return undefined;
  const why = `the ${machine} machine serves ${served.join(' and ')}: start a ${purpose} in the machine of that name`;
  return { status: 'refused', refusal: 'wrong-machine', why };
}

function wrongWay(purpose: Purpose, { to }: Direction, { application }: Plan): Outcome | undefined {
  if (purpose !== 'failback' || to.place === 'primary') return undefined;
  const move = commandFor({ application, purpose: 'switchover', region: to.region });
  const why = `the primary is in charge: there is no way home; to move to ${to.region}: ${move}`;
  return { status: 'refused', refusal: 'already-home', why };
}

/** Only a takeover may run in the Region being left: the one being activated may have lost its Step Functions. */
function wrongRegion(
  purpose: Purpose,
  { from, to }: Direction,
  { request }: StepInput,
  { region }: Deps,
): Outcome | undefined {
  const own = seatOf({ from, purpose, to }).region;
  const allowed = request.trigger === 'takeover' ? [to.region, from.region] : [own];
  if (allowed.includes(region)) return undefined;
  const why = `a ${purpose} of ${from.region} to ${to.region} has to run in ${own}, not in ${region}: ${commandFor({ application: request.application, purpose, region: own })}`;
  return { status: 'refused', refusal: 'wrong-region', why };
}

const opened: Confirmed = { status: 'settled', why: 'the run is open' };

interface ToOpen {
  readonly plan: Plan;
  readonly direction: Direction;
  readonly purpose: Purpose;
  readonly isNew: boolean;
  readonly why: string;
}

async function open(
  { request, runId }: StepInput,
  deps: Deps,
  { direction, isNew, plan, purpose, why: confirmed }: ToOpen,
): Promise<Outcome> {
  const halted = isNew ? await haltedBy({ deps, plan, run: { forced: request.force } }) : undefined;
  if (halted !== undefined) return halted;
  const { journal, lock } = deps.coordination;
  const staleAfterMs = plan.policy.takeOverAfterSeconds * 1000;
  const coolDownMs = plan.policy.coolDownSeconds * 1000;
  const inChargeAtFirst = plan.regions.primary;
  const wanted = { runId, request, purpose, planHash: lock.hashOf(plan), from: direction.from, to: direction.to };
  const opening = await lock.open({ ...wanted, inChargeAtFirst, staleAfterMs, coolDownMs });
  if (opening.status !== 'opened') {
    const { region } = seatOf({ ...direction, purpose });
    const why = whyRefused(opening, { now: deps.clock.now(), plan, purpose, region });
    return { status: 'refused', refusal: opening.status, why };
  }
  const { run } = opening;
  const forced = run.forced === true ? ', forced past the kill switch and the cool-down' : '';
  const sentence = `epoch ${run.epoch}, from ${run.from.region} to ${run.to.region}${forced}: ${confirmed}`;
  // A run that was open before may have died before its first line.
  if (isNew || (await journal.read(runId)).length === 0) {
    await journal.append({ runId, epoch: run.epoch, step: 'detect', event: 'run-opened', why: sentence, data: run });
  }
  return { status: 'settled', why: sentence };
}

interface Asked {
  readonly now: Instant;
  readonly plan: Plan;
  readonly purpose: Purpose;
  /** Where such a run is started. */
  readonly region: string;
}

/** With the command that would help, where there is one. */
function whyRefused(
  opening: Exclude<Opening, { status: 'opened' }>,
  { now, plan: { application, policy, regions }, purpose, region }: Asked,
): string {
  switch (opening.status) {
    case 'run-over':
      return 'this run was opened before, and is over';
    case 'run-active': {
      const silentSeconds = Math.max(0, Math.round((now - opening.heartbeatAt) / 1000));
      const takeOver = `it can be taken over after ${policy.takeOverAfterSeconds} s of silence`;
      const look = `understudy journal show ${opening.runId} --region ${region}`;
      return `run ${opening.runId} is already running; its last sign of life was ${silentSeconds} s ago, ${takeOver}: ${look}`;
    }
    case 'region-not-in-charge': {
      const other = opening.activeRegion === regions.primary ? regions.recovery : regions.primary;
      const there = purpose === 'reprotect' ? opening.activeRegion : other;
      // The way home leads only from the recovery Region.
      const moves = purpose === 'failback' && there !== regions.primary ? 'switchover' : purpose;
      const leave = commandFor({ application, purpose: moves, region: there });
      return `${opening.activeRegion} is in charge, so there is nothing to leave: ${leave}`;
    }
    case 'plan-changed': {
      const forced = commandFor({ application, purpose, region }, ' --force');
      return `the plan is not the one with which the last run was opened: compare the two, then ${forced}`;
    }
    case 'cooling-down': {
      const minutes = Math.ceil((opening.until - now) / 60_000);
      return `run ${opening.runId} ended so recently that no other one starts for ${minutes} min: understudy ack ${opening.runId}`;
    }
    case 'nothing-to-take-over':
      return `the lock is held by ${opening.runId ?? 'no run'}`;
  }
}
