import type { JournalEntry } from '../../shared/domain/journal.ts';
import { isoOf, plainLine, stepTitle } from '../../shared/report/words.ts';
import { operatorCommand, type Said } from '../operator/operator.ts';
import { UsageError } from '../terminal/exit-codes.ts';

export const journal = operatorCommand({
  summary: 'show the journal of a run, or verify that nobody has changed it',
  usage: 'journal verify | show RUN',
  about: `  verify  checks the hash chain, and names the first entry that does not hold
  show    prints the entries, oldest first`,
  words: { min: 2, max: 2 },
  needsReason: false,
  async run({ coordination, words: [verb, runId = ''] }) {
    const entries = await coordination.journal.read(runId);
    if (entries.length === 0)
      return { done: false, text: `${runId} has no journal\n`, json: { run: runId, entries: 0 } };
    if (verb === 'show') return { done: true, text: entries.map(lineOf).join(''), json: entries };
    if (verb === 'verify') return verified(runId, entries.length, coordination.journal.firstBreak(entries));
    throw new UsageError('say verify or show');
  },
});

function verified(
  run: string,
  entries: number,
  broken: { readonly sequence: number; readonly why: string } | undefined,
): Said {
  if (broken !== undefined) {
    return { done: false, text: `the journal of ${run} is broken: ${broken.why}\n`, json: { run, entries, broken } };
  }
  const text = `${entries} entries, chained without a gap. Entries that were cut off at the end would not show.\n`;
  return { done: true, text, json: { run, entries, broken: null } };
}

const lineOf = ({ at, event, resource, sequence, step, why }: JournalEntry): string => {
  const about = resource === undefined ? '' : ` ${resource}`;
  return `${String(sequence).padStart(4)}  ${isoOf(at)}  ${stepTitle(step).padEnd(9)} ${plainLine(`${event}${about}: ${why}`)}\n`;
};
