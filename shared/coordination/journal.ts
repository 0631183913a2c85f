import { TransientError } from '../domain/errors.ts';
import type { JournalEntry, JournalNote } from '../domain/journal.ts';
import type { Clock, Journal } from '../domain/ports.ts';
import { redacted, secretsIn } from '../domain/secrets.ts';
import { firstBreak, genesisHash, hashOf } from './hash-chain.ts';
import type { Item, Table } from './table.ts';

/** Parallel branches write to one journal; each lost race costs one more try. */
const attemptsMax = 20;

const partition = (runId: string): string => `run#${runId}`;
const prefix = 'journal#';
const sortKey = (sequence: number): string => `${prefix}${String(sequence).padStart(9, '0')}`;

type Tip = Pick<JournalEntry, 'sequence' | 'hash'>;
const empty: Tip = { sequence: 0, hash: genesisHash };

/** The journal in the coordination table: one item an entry, created only if nobody else took its number. */
export function openJournal(table: Table, clock: Clock, writtenIn: string): Journal {
  const tips = new Map<string, Tip>();
  const queues = new Map<string, Promise<unknown>>();

  const append = async (told: JournalNote): Promise<JournalEntry> => {
    const note = withoutSecrets(told);
    let tip = tips.get(note.runId) ?? (await readTip(table, note.runId));
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const entry = chained(note, tip, { at: clock.now(), writtenIn });
      const item = { pk: partition(note.runId), sk: sortKey(entry.sequence), entry };
      if (await table.put(item, { expression: 'attribute_not_exists(pk)' })) {
        tips.set(note.runId, entry);
        return entry;
      }
      tip = await readTip(table, note.runId);
      if (await isWritten(table, entry, tip)) {
        tips.set(note.runId, tip);
        return entry;
      }
    }
    throw new TransientError(`the journal of ${note.runId} grew ${attemptsMax} times while one entry was appended`);
  };

  return {
    append(note) {
      const turn = (queues.get(note.runId) ?? Promise.resolve()).then(() => append(note));
      queues.set(
        note.runId,
        turn.catch(() => undefined),
      );
      return turn;
    },
    firstBreak,
    async read(runId) {
      const items = await table.list(partition(runId), prefix, {});
      return items.map(entryOf);
    },
  };
}

/**
 * What AWS or an application answers may carry a secret, and the journal is there for good. The rows of an old primary are
 * written down as they are: they are the application's, and somebody will replay them.
 */
function withoutSecrets(note: JournalNote): JournalNote {
  const text = JSON.stringify(note);
  if (note.event === 'reconciled' || secretsIn(text).length === 0) return note;
  return JSON.parse(redacted(text)) as JournalNote;
}

/** Its number may have been taken by the entry itself: the answer was lost, and the SDK client wrote it again. */
async function isWritten(table: Table, entry: JournalEntry, tip: Tip): Promise<boolean> {
  if (tip.sequence === entry.sequence) return tip.hash === entry.hash;
  const taken = await table.get({ pk: partition(entry.runId), sk: sortKey(entry.sequence) });
  return taken !== undefined && entryOf(taken).hash === entry.hash;
}

async function readTip(table: Table, runId: string): Promise<Tip> {
  const [last] = await table.list(partition(runId), prefix, { newestFirst: true, limit: 1 });
  return last === undefined ? empty : entryOf(last);
}

function chained(note: JournalNote, tip: Tip, stamp: Pick<JournalEntry, 'at' | 'writtenIn'>): JournalEntry {
  // Through JSON, so that what is hashed is exactly what can be read back: no undefined, no class instances.
  const plain = JSON.parse(JSON.stringify(note)) as JournalNote;
  const entry = { ...plain, ...stamp, sequence: tip.sequence + 1, previousHash: tip.hash };
  return { ...entry, hash: hashOf(entry) };
}

/** Entries are read as they were written: the hash chain, not a schema, tells whether they were touched. */
const entryOf = (item: Item): JournalEntry => item['entry'] as JournalEntry;
