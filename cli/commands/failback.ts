import { startCommand } from '../operator/start-run.ts';

export const failback = startCommand({
  purpose: 'failback',
  word: 'failback',
  summary: 'go home: repair the primary, and move back without losing a write',
  about: `Starts the way home in the primary Region: what woke up there is brought to rest, the rows that
only the old primary has are written down, it is kept and replaced by a replica, and then the application
moves, with writes standing still for as long as the plan allows. Afterwards the other Region is protected.`,
  force: 'go ahead although the application is halted, or the plan has changed since the last run',
});
