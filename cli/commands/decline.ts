import { direct } from '../operator/direct.ts';
import { operatorCommand } from '../operator/operator.ts';

export const decline = operatorCommand({
  summary: 'say no to a run that waits for a person: it stops, and is put back',
  usage: 'decline RUN --reason TEXT',
  about: 'The run stops before anything is isolated or promoted, and what it has changed is put back.',
  words: { min: 1, max: 1 },
  needsReason: true,
  run: (operator) => direct(operator, operator.words[0] ?? '', { type: 'decline' }),
});
