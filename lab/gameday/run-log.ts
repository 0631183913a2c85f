import { setTimeout as sleep } from 'node:timers/promises';
import { openCoordination } from '../../shared/coordination/open.ts';
import { isFailure } from '../../shared/domain/errors.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import { places } from '../../shared/domain/run.ts';
import type { Evidence, ExecutionSeen } from '../checkers/evidence.ts';
import { systemClock } from '../cloud/system-clock.ts';
import { coordinationTable, machineNames } from '../runtime.ts';
import type { Lab } from './lab.ts';

/** What the executions and the coordination table tell about the runs so far, as an operator would ask. */
export type RunLog = Pick<Evidence, 'earlier' | 'entries' | 'executions' | 'executionStatus' | 'runs'>;

export async function readRuns(lab: Lab): Promise<RunLog> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(lab);
    } catch (error) {
      // On a busy machine an answer may be late, as anywhere.
      if (!isFailure(error) || attempt === attemptsMax) throw error;
      await sleep(100);
    }
  }
}

const attemptsMax = 20;

async function readOnce(lab: Lab): Promise<RunLog> {
  const { lock, journal } = coordinationOf(lab);
  const executions = listExecutions(lab);
  const found = await Promise.all(executions.map(({ name }) => lock.run(name)));
  const opened = found.filter((run) => run !== undefined).toSorted((a, b) => a.epoch - b.epoch);
  const seen = await Promise.all(opened.map(async (run) => ({ run, entries: await journal.read(run.id) })));
  const last = seen.at(-1);
  return {
    runs: opened,
    entries: last?.entries ?? [],
    earlier: seen.slice(0, -1),
    executions,
    executionStatus: executions.find(({ name }) => name === last?.run.id)?.status,
  };
}

/** Of every machine in both places, oldest first; also of a Region that is lost. */
function listExecutions({ orchestrators, plan, world }: Lab): readonly ExecutionSeen[] {
  const orphans = new Set(orchestrators?.orphans());
  const listed = places.flatMap((place) =>
    Object.values(machineNames).flatMap((machine) => {
      const region = plan.regions[place];
      const stateMachineArn = world.stateMachineArn(region, machine);
      const { executions } = world.stepFunctions(region).operations.ListExecutions({ stateMachineArn });
      return executions.map((execution) => ({ ...execution, machine, place }));
    }),
  );
  return listed
    .toSorted((a, b) => (a.startDate?.getTime() ?? 0) - (b.startDate?.getTime() ?? 0))
    .map(({ machine, name = '', place, status = 'RUNNING', stopDate }) => ({
      name,
      machine,
      place,
      status,
      isOrphaned: orphans.has(name),
      ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
    }));
}

/** The coordination table as a person sees it who asks the recovery Region, or the primary while that is lost. */
export function coordinationOf({ outside, plan, world }: Lab): Coordination {
  const clock = { now: () => systemClock.nowMs(), sleep: (ms: number) => systemClock.sleep(ms) };
  const { primary, recovery } = plan.regions;
  const region = world.host.isLost(recovery) ? primary : recovery;
  return openCoordination(outside, clock, { region, tableName: coordinationTable });
}
