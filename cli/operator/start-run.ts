import { randomUUID } from 'node:crypto';
import { isPlanned, type Purpose, RunRequest } from '../../shared/domain/run.ts';
import { findMachine } from '../../shared/start/find-machine.ts';
import { machineFor } from '../../shared/start/machine-of.ts';
import { startExecution } from '../../shared/start/start-execution.ts';
import type { Command } from '../command.ts';
import { firstWord } from './first-word.ts';
import { type Operator, operatorCommand, type Said } from './operator.ts';

export interface StartCommand {
  readonly purpose: Purpose;
  /** The word of the command. */
  readonly word: string;
  readonly summary: string;
  readonly about: string;
  readonly force: string;
}

/** A command that starts a run of that purpose by hand, in the Region that `--region` names. */
export const startCommand = ({ about, force, purpose, summary, word }: StartCommand): Command =>
  operatorCommand({
    summary,
    usage: `${word} APPLICATION --region REGION --reason TEXT`,
    about,
    words: { min: 1, max: 1 },
    needsReason: true,
    flags: { 'dry-run': 'look at everything and change nothing', force },
    run: (operator) => startRun(operator, purpose),
  });

/** Waits until Detect has answered: a run that is refused there is over at once, and nobody else is at hand to say why. */
export async function startRun(operator: Operator, purpose: Purpose): Promise<Said> {
  const { by, clock, flags, outside, reason, region, words } = operator;
  const [application = ''] = words;
  const machine = machineFor(purpose, operator.machine);
  const stateMachineArn = await findMachine(outside, region, machine);
  if (stateMachineArn === undefined) {
    const why = `there is no state machine ${machine} in ${region}`;
    return { done: false, text: `${purpose} refused: ${why}\n`, json: { started: false, why } };
  }
  const request = RunRequest.parse({
    application,
    trigger: 'manual',
    ...(isPlanned({ purpose }) ? { purpose } : {}),
    reason: `${by}: ${reason}`.slice(0, 500),
    ...(flags.has('force') ? { force: true } : {}),
    ...(flags.has('dry-run') ? { dryRun: true } : {}),
  });
  const kind = isPlanned({ purpose }) ? purpose : 'manual';
  const name = `${application}-${kind}-${clock.now()}-${randomUUID().slice(0, 8)}`.slice(0, 80);
  await startExecution(outside, { region, stateMachineArn, name, request });
  const first = await firstWord(operator, { name, stateMachineArn });
  if (first.heard === 'refused') {
    const { why } = first;
    return {
      done: false,
      text: `${purpose} refused: ${why}\n`,
      json: { started: true, run: name, refused: true, why },
    };
  }
  return {
    done: true,
    text: `run ${name} started in ${region}\n`,
    json: { started: true, run: name, region, request },
  };
}
