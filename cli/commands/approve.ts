import { direct } from '../operator/direct.ts';
import { operatorCommand } from '../operator/operator.ts';

export const approve = operatorCommand({
  summary: 'let a run go on that waits for a person',
  usage: 'approve RUN --reason TEXT',
  about: `Answers what the run asks for. A loss of data is accepted only by its name, and only up to what the run
has shown: look at its question first (understudy journal show RUN).`,
  words: { min: 1, max: 1 },
  needsReason: true,
  flags: { 'accept-data-loss': 'also accept the loss that the run has shown' },
  run: (operator) => {
    const needs = ['proceed', ...(operator.flags.has('accept-data-loss') ? ['accept-data-loss'] : [])];
    return direct(operator, operator.words[0] ?? '', { type: 'approve', needs });
  },
});
