import type { Instant, Run, RunRequest } from '../../shared/domain/run.ts';
import { coordinationTable, machineNames } from '../runtime.ts';
import type { Strike } from './faults.ts';
import type { DayHistory, ExecutionStory, Happened, RunStory } from './history.ts';
import type { OpenDay } from './open-day.ts';

export interface Lived {
  readonly startedAt: Instant;
  readonly healedAt: Instant;
  readonly unrest: string | undefined;
  readonly happened: readonly Happened[];
  readonly struck: readonly Strike[];
}

/** What an onlooker can find out when the day is over. */
export async function collect(day: OpenDay, lived: Lived): Promise<DayHistory> {
  const { clients, clock, lag, plan, shop, switched, world } = day;
  const executions = [plan.regions.primary, plan.regions.recovery].flatMap((region) => executionsIn(day, region));
  // Copied before anything is asked: asking is no part of the day.
  const calls = [...world.history];
  return {
    ...lived,
    plan,
    endedAt: clock.now(),
    calls,
    commits: shop.commits,
    acknowledgements: clients.acknowledgements,
    answers: clients.answers,
    lag,
    switched,
    skewMs: Object.fromEntries(day.weather.skews),
    promotions: shop.replication.promotions,
    lastRows: shop.replication.rowsIn(shop.replication.promotions.at(-1)?.region ?? plan.regions.primary),
    executions,
    halts: day.halts,
    runs: await runsOf(day, executions),
    troubles: world.troubles.map(({ message }) => message),
  };
}

async function runsOf({ coordination, world }: OpenDay, executions: readonly ExecutionStory[]): Promise<RunStory[]> {
  const ids = world.dynamoDb
    .items(coordinationTable)
    .filter(({ sk }) => sk?.S === 'run')
    .flatMap(({ pk }) => (pk?.S?.startsWith('run#') ? [pk.S.slice('run#'.length)] : []));
  const stories = ids.map(async (id): Promise<RunStory> => {
    const run = (await coordination.lock.run(id)) as Run;
    const entries = await coordination.journal.read(id);
    const execution = executions.find(({ name }) => name === id);
    return { run, entries, execution };
  });
  return (await Promise.all(stories)).sort((one, other) => one.run.epoch - other.run.epoch);
}

interface Described extends Pick<ExecutionStory, 'cause' | 'error' | 'status'> {
  readonly input: string;
}

function executionsIn({ world }: OpenDay, region: string): readonly ExecutionStory[] {
  const { operations } = world.stepFunctions(region);
  const all = Object.values(machineNames).flatMap(
    (name) => operations.ListExecutions({ stateMachineArn: world.stateMachineArn(region, name) }).executions,
  );
  return all.map(({ executionArn, name = '' }) => {
    const { cause, error, input, status } = operations.DescribeExecution({ executionArn }) as Described;
    return {
      name,
      region,
      isDryRun: (JSON.parse(input) as Partial<RunRequest>).dryRun === true,
      status,
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
  });
}
