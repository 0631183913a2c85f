import { paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';

/** @returns the ARN of the state machine of that name in a Region; undefined when there is none */
export async function findMachine(outside: Outside, region: string, name: string): Promise<string | undefined> {
  const client = outside.client(SFNClient, region);
  return converted(`listing the state machines of ${region}`, async () => {
    for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
      const found = stateMachines.find((machine) => machine.name === name);
      if (found !== undefined) return found.stateMachineArn;
    }
    return undefined;
  });
}
