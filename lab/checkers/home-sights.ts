import type { Purpose } from '../../shared/domain/run.ts';
import { closedAt, runsSeen, type Seen } from './evidence.ts';
import type { Sight } from './expectations.ts';

/** The newest run of this purpose is over: closed, and its execution has ended. */
export const ended =
  (purpose: Purpose): Sight<Seen> =>
  (seen) => {
    const last = runsSeen(seen).findLast(({ run }) => run.purpose === purpose && run.openedAt >= seen.lostAt);
    const execution = seen.executions.find(({ name }) => name === last?.run.id);
    if (last === undefined || execution?.endedAt === undefined) return undefined;
    return { at: Math.max(execution.endedAt, closedAt(last) ?? 0), why: `${last.run.id} ${execution.status}` };
  };
