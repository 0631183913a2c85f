import { randomUUID } from 'node:crypto';
import { RunRequest } from '../../shared/domain/run.ts';
import { findMachine } from '../../shared/start/find-machine.ts';
import { startExecution } from '../../shared/start/start-execution.ts';
import { operatorCommand, type Said } from '../operator/operator.ts';

export const start = operatorCommand({
  summary: 'start a failover by hand, in the Region that it activates',
  usage: 'start APPLICATION --region REGION --reason TEXT',
  about: `Starts the state machine in the Region that is to be activated; the Region in charge is
left. The run asks nobody whether the Region has failed: you have decided that. Rehearse it first.`,
  words: { min: 1, max: 1 },
  needsReason: true,
  flags: {
    'dry-run': 'look at everything and change nothing',
    force: 'go ahead although the application is halted, or its cool-down is not over',
  },
  async run({ by, clock, flags, machine, outside, reason, region, words: [application = ''] }): Promise<Said> {
    const stateMachineArn = await findMachine(outside, region, machine);
    if (stateMachineArn === undefined) {
      const why = `there is no state machine ${machine} in ${region}`;
      return { done: false, text: `start refused: ${why}\n`, json: { started: false, why } };
    }
    const request = RunRequest.parse({
      application,
      trigger: 'manual',
      reason: `${by}: ${reason}`.slice(0, 500),
      ...(flags.has('force') ? { force: true } : {}),
      ...(flags.has('dry-run') ? { dryRun: true } : {}),
    });
    const name = `${application}-manual-${clock.now()}-${randomUUID().slice(0, 8)}`.slice(0, 80);
    await startExecution(outside, { region, stateMachineArn, name, request });
    return {
      done: true,
      text: `run ${name} started in ${region}\n`,
      json: { started: true, run: name, region, request },
    };
  },
});
