import { startCommand } from '../operator/start-run.ts';

export const start = startCommand({
  purpose: 'failover',
  word: 'start',
  summary: 'start a failover by hand, in the Region that it activates',
  about: `Starts the state machine in the Region that is to be activated; the Region in charge is
left. The run asks nobody whether the Region has failed: you have decided that. Rehearse it first.`,
  force: 'go ahead although the application is halted, or its cool-down is not over',
});
