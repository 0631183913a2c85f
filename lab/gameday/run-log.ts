import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { openCoordination } from '../../shared/coordination/open.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Coordination } from '../../shared/domain/ports.ts';
import type { Run } from '../../shared/domain/run.ts';
import { systemClock } from '../cloud/system-clock.ts';
import { coordinationTable, failoverMachine } from '../runtime.ts';
import type { Lab } from './lab.ts';

/** What the executions and the coordination table tell about the runs so far, as an operator would ask. */
export interface RunLog {
  readonly runs: readonly Run[];
  /** The journal of the last run. */
  readonly entries: readonly JournalEntry[];
  readonly executionStatus: string | undefined;
}

export async function readRuns(lab: Lab): Promise<RunLog> {
  const { lock, journal } = coordinationOf(lab);
  const executions = await listExecutions(lab);
  const opened = await Promise.all(
    executions.map(async ({ name, status }) => ({ status, run: await lock.run(name ?? '') })),
  );
  const runs = opened.flatMap(({ run, status }) => (run === undefined ? [] : [{ run, status }]));
  const last = runs.at(-1);
  const entries = last === undefined ? [] : await journal.read(last.run.id);
  return { runs: runs.map(({ run }) => run), entries, executionStatus: last?.status };
}

/** Oldest first. */
async function listExecutions({ outside, plan, world }: Lab) {
  const region = plan.regions.recovery;
  const stateMachineArn = `arn:aws:states:${region}:${world.host.account}:stateMachine:${failoverMachine}`;
  const client = outside.client(SFNClient, region);
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  return (executions ?? []).toReversed();
}

function coordinationOf({ outside, plan }: Lab): Coordination {
  const clock = { now: () => systemClock.nowMs(), sleep: (ms: number) => systemClock.sleep(ms) };
  return openCoordination(outside, clock, { region: plan.regions.recovery, tableName: coordinationTable });
}
