import type { JournalEntry } from '../domain/journal.ts';
import type { Coordination } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';

/** Each takeover waits for a heartbeat to grow stale: more than this in a row is no chain but a mistake. */
const takeoversMax = 20;

/** The journals of the runs that this one has taken over, newest first: what they have done is this one's to answer for. */
export async function journalsTakenOver(
  { takesOver }: Run,
  { journal, lock }: Coordination,
): Promise<readonly (readonly JournalEntry[])[]> {
  const journals: (readonly JournalEntry[])[] = [];
  for (let before = takesOver; before !== undefined && journals.length < takeoversMax; ) {
    journals.push(await journal.read(before));
    before = (await lock.run(before))?.takesOver;
  }
  return journals;
}
