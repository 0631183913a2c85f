import { startCommand } from '../operator/start-run.ts';

export const switchover = startCommand({
  purpose: 'switchover',
  word: 'switchover',
  summary: 'move to the other Region while both are well, without losing a write',
  about: `Starts a planned move in the Region that is to be activated. It repairs nothing: the replica there
must be healthy. Writes stand still for as long as the plan allows; if that is not enough, they go on where
they were.`,
  force: 'go ahead although the application is halted, or the plan has changed since the last run',
});
