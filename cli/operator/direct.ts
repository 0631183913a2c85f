import { askedIn, decideDirective } from '../../shared/domain/directive.ts';
import type { Operator, Said } from './operator.ts';

/** What is said, without who, why and when. */
export type Saying =
  | { readonly type: 'approve'; readonly needs: readonly string[] }
  | { readonly type: 'decline' | 'resume' | 'stop' }
  | { readonly type: 'skip'; readonly resource: string };

/** Records a directive for a run, if the run waits for just that; else says why not. */
export async function direct(
  { by, clock, coordination, expiresSeconds, reason }: Operator,
  runId: string,
  saying: Saying,
): Promise<Said> {
  const { directives, journal, lock } = coordination;
  const [run, entries] = await Promise.all([lock.run(runId), journal.read(runId)]);
  const charge = run === undefined ? undefined : await lock.charge(run.application);
  const at = clock.now();
  const decided = decideDirective({
    directive: { ...saying, by, reason, at, expiresAt: at + expiresSeconds * 1000 },
    now: at,
    isActive: run === undefined ? undefined : charge?.runId === runId,
    asked: askedIn(entries),
  });
  if (!decided.accepted) {
    return {
      done: false,
      text: `${saying.type} refused: ${decided.why}\n`,
      json: { recorded: false, run: runId, why: decided.why },
    };
  }
  await directives.record(runId, decided.directive);
  const until = new Date(decided.directive.expiresAt).toISOString();
  return {
    done: true,
    text: `${saying.type} recorded for ${runId}, by ${by}, until ${until}\n`,
    json: { recorded: true, run: runId, directive: decided.directive },
  };
}
