import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import type { Evidence, ExecutionSeen } from '../checkers/evidence.ts';
import { systemClock } from '../cloud/system-clock.ts';
import { coordinationTable, failoverMachine } from '../runtime.ts';
import type { Lab } from './lab.ts';

/** What the executions and the coordination table tell about the runs so far, as an operator would ask. */
export type RunLog = Pick<Evidence, 'earlier' | 'entries' | 'executions' | 'executionStatus' | 'runs'>;

export async function readRuns(lab: Lab): Promise<RunLog> {
  const { lock, journal } = coordinationOf(lab);
  const executions = await listExecutions(lab);
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

/** Oldest first. */
async function listExecutions({ orchestrators, outside, plan, world }: Lab): Promise<readonly ExecutionSeen[]> {
  const region = plan.regions.recovery;
  const stateMachineArn = `arn:aws:states:${region}:${world.host.account}:stateMachine:${failoverMachine}`;
  const client = outside.client(SFNClient, region);
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  return (executions ?? []).toReversed().map(({ name = '', status = 'RUNNING', stopDate }) => ({
    name,
    status,
    isOrphaned: orchestrators?.orphans().includes(name) ?? false,
    ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
  }));
}

/** The coordination table as a person sees it who asks the recovery Region. */
export function coordinationOf({ outside, plan }: Lab): Coordination {
  const clock = { now: () => systemClock.nowMs(), sleep: (ms: number) => systemClock.sleep(ms) };
  return openCoordination(outside, clock, { region: plan.regions.recovery, tableName: coordinationTable });
}
