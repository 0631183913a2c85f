import { RunRequest } from '../../shared/domain/run.ts';
import type { LabClock } from '../cloud/clock.ts';
import type { World } from '../cloud/world.ts';

/** How an execution ended; `error` and `cause` as the Fail state names them. */
export interface Execution {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionsOptions {
  readonly world: World;
  readonly clock: LabClock;
  readonly application: string;
  readonly machine: string;
}

const lookEveryMs = 50;
/** Longer than any deadline of the lab's plan: an execution that still runs then hangs. */
const hangsAfterMs = 3_600_000;

/** Starts executions and waits for them as an onlooker, without calls that would show in the history. */
export function executions({ application, clock, machine, world }: ExecutionsOptions) {
  const describe = (name: string, region: string): Execution => {
    const executionArn = `arn:aws:states:${region}:${world.host.account}:execution:${machine}:${name}`;
    return world.stepFunctions(region).operations.DescribeExecution({ executionArn }) as Execution;
  };
  const start = (name: string, request: Partial<RunRequest> | undefined, region: string): void => {
    const stateMachineArn = world.stateMachineArn(region, machine);
    const input = JSON.stringify(RunRequest.parse({ application, ...request }));
    world.stepFunctions(region).operations.StartExecution({ stateMachineArn, name, input });
  };
  const ended = async (name: string, region: string): Promise<Execution> => {
    const giveUpAt = clock.nowMs() + hangsAfterMs;
    while (clock.nowMs() < giveUpAt) {
      const execution = describe(name, region);
      if (execution.status !== 'RUNNING') return execution;
      await clock.sleep(lookEveryMs);
    }
    throw new Error(`${name} still runs after an hour`);
  };
  return {
    start,
    ended,
    run: (name: string, request: Partial<RunRequest> | undefined, region: string) => {
      start(name, request, region);
      return ended(name, region);
    },
  };
}
