import { direct, type Saying } from '../operator/direct.ts';
import { type Operator, operatorCommand } from '../operator/operator.ts';
import { UsageError } from '../terminal/exit-codes.ts';

export const hold = operatorCommand({
  summary: 'say what becomes of a run that is held: resume, skip a resource, or stop',
  usage: 'hold RUN resume | skip RESOURCE | stop --reason TEXT',
  about: `  resume         try again what did not succeed
  skip RESOURCE  go on without this resource
  stop           end the run as it is: nothing more is done, and nothing is undone`,
  words: { min: 2, max: 3 },
  needsReason: true,
  run: (operator) => direct(operator, operator.words[0] ?? '', sayingOf(operator)),
});

function sayingOf({ words: [, verb, resource] }: Operator): Saying {
  if ((verb === 'resume' || verb === 'stop') && resource === undefined) return { type: verb };
  if (verb === 'skip' && resource !== undefined) return { type: verb, resource };
  throw new UsageError('say resume, skip RESOURCE, or stop');
}
