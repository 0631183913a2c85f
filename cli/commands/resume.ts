import { operatorCommand } from '../operator/operator.ts';

export const resume = operatorCommand({
  summary: 'let runs of an application start by themselves again',
  usage: 'resume APPLICATION',
  about: 'Lifts what understudy halt has said.',
  words: { min: 1, max: 1 },
  needsReason: false,
  async run({ coordination, words: [application = ''] }) {
    const halted = await coordination.killSwitch.halted(application);
    if (halted === undefined) {
      return { done: true, text: `${application} was not halted\n`, json: { application, lifted: null } };
    }
    await coordination.killSwitch.resume(application);
    const text = `${application} runs by itself again; it was halted by ${halted.by}: ${halted.reason}\n`;
    return { done: true, text, json: { application, lifted: halted } };
  },
});
