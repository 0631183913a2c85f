import type { Plan } from '../../shared/domain/plan.ts';
import { RunRequest } from '../../shared/domain/run.ts';
import { machineFor } from '../../shared/start/machine-of.ts';
import type { World } from '../cloud/world.ts';
import { failoverMachine, machineNames } from '../runtime.ts';

/** The Step Functions console of the two Regions that hold data, as a person uses it: it is there while its Region is. */
export function openConsole(world: World, { application, regions }: Plan) {
  const places = [regions.primary, regions.recovery];
  const running = (region: string) =>
    Object.values(machineNames).flatMap((name) => {
      const stateMachineArn = world.stateMachineArn(region, name);
      return world.stepFunctions(region).operations.ListExecutions({ stateMachineArn, statusFilter: 'RUNNING' })
        .executions;
    });
  return {
    /** A name that is taken changes nothing. */
    start(name: string, region: string, request: Partial<RunRequest> = {}): void {
      if (world.network.isLost(region)) return;
      const stateMachineArn = world.stateMachineArn(region, machineFor(request.purpose ?? 'failover', failoverMachine));
      const input = JSON.stringify(RunRequest.parse({ application, ...request }));
      try {
        world.stepFunctions(region).operations.StartExecution({ stateMachineArn, name, input });
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
      }
    },
    cancelAll(): void {
      for (const region of places) {
        const { operations } = world.stepFunctions(region);
        for (const { executionArn } of running(region)) operations.StopExecution({ executionArn });
      }
    },
    running: (): readonly string[] => places.flatMap((region) => running(region).map(({ name = '' }) => name)),
  };
}
