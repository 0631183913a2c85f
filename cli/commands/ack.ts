import { operatorCommand, type Said } from '../operator/operator.ts';

export const ack = operatorCommand({
  summary: 'say that the causes of the last run are known: its cool-down ends',
  usage: 'ack RUN',
  about: 'Another run may start by itself from then on, although the last one was so recent.',
  words: { min: 1, max: 1 },
  needsReason: false,
  async run({ by, coordination, words: [runId = ''] }): Promise<Said> {
    const run = await coordination.lock.run(runId);
    if (run === undefined) return refused(runId, 'there was never such a run');
    const { application } = run;
    if (!(await coordination.lock.acknowledge(application, { runId, by }))) {
      const state = await coordination.lock.state(application);
      const open = state?.currentRun === undefined ? '' : `; ${state.currentRun.id} is open`;
      return refused(runId, `it is not the last run that has ended (${state?.lastRun?.id ?? 'none has'}${open})`);
    }
    return { done: true, text: `${runId} is acknowledged by ${by}\n`, json: { acknowledged: true, run: runId, by } };
  },
});

const refused = (run: string, why: string): Said => ({
  done: false,
  text: `ack refused: ${why}\n`,
  json: { acknowledged: false, run, why },
});
