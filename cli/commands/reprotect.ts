import { startCommand } from '../operator/start-run.ts';

export const reprotect = startCommand({
  purpose: 'reprotect',
  word: 'reprotect',
  summary: 'give the Region that is not in charge a replica and its resting capacity again',
  about: `Starts in the Region in charge, which stays in charge. The rows that only the old primary has are
written down, and it is kept: a replica of the writer is built in its place.`,
  force: 'go ahead although the plan has changed since the last run',
});
