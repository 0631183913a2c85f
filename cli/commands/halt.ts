import { operatorCommand } from '../operator/operator.ts';

export const halt = operatorCommand({
  summary: 'stop all automatic runs of an application',
  usage: 'halt APPLICATION --reason TEXT',
  about: `No run starts by itself any more, and one that is under way stops where there is a way back. Runs that are
started by hand with "force": true go ahead. It counts until somebody says: understudy resume APPLICATION.`,
  words: { min: 1, max: 1 },
  needsReason: true,
  async run({ by, clock, coordination, reason, words: [application = ''] }) {
    const halted = { by, reason, at: clock.now() };
    await coordination.killSwitch.halt(application, halted);
    return { done: true, text: `${application} is halted by ${by}: ${reason}\n`, json: { application, halted } };
  },
});
