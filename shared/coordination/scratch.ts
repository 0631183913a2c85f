import type { Clock, Coordination } from '../domain/ports.ts';
import { openDirectives } from './directives.ts';
import { openDryLease } from './dry-lease.ts';
import { openDryLock } from './dry-run.ts';
import { openFactsStore } from './facts-store.ts';
import { openJournal } from './journal.ts';
import { openKillSwitch } from './kill-switch.ts';
import type { Condition, Item, Key, Table } from './table.ts';

/** The books of a dry run in the memory of this process: for a rehearsal where nothing is deployed yet. */
export function openScratch(clock: Clock, region: string): Coordination {
  const table = memoryTable();
  return {
    lock: openDryLock(table, clock),
    journal: openJournal(table, clock, region),
    facts: openFactsStore(table),
    lease: openDryLease(table, region),
    directives: openDirectives(table),
    killSwitch: openKillSwitch(table),
  };
}

function memoryTable(): Table {
  const items = new Map<string, Key & Item>();
  const idOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
  return {
    get: async (key) => items.get(idOf(key)),
    put: async (item, condition) => {
      if (condition !== undefined && items.has(idOf(absent(item, condition)))) return false;
      items.set(idOf(item), item);
      return true;
    },
    update: async (key) => Promise.reject(new Error(`a dry run updates nothing, not even ${idOf(key)}`)),
    list: async (pk, prefix, { limit, newestFirst = false }) => {
      const found = [...items.values()].filter((item) => item.pk === pk && item.sk.startsWith(prefix));
      const inOrder = found.toSorted((a, b) => (a.sk < b.sk ? -1 : 1));
      return (newestFirst ? inOrder.toReversed() : inOrder).slice(0, limit);
    },
  };
}

/** A dry run's books know no other condition than that an item must be new. */
function absent(item: Key, { expression }: Condition): Key {
  if (expression === 'attribute_not_exists(pk)') return item;
  throw new Error(`a dry run's books do not know the condition ${expression}`);
}
