import type { Outside } from '../aws/outside.ts';
import type { Clock, Coordination } from '../domain/ports.ts';
import { openDirectives } from './directives.ts';
import { openFactsStore } from './facts-store.ts';
import { openJournal } from './journal.ts';
import { openKillSwitch } from './kill-switch.ts';
import { openLease } from './lease.ts';
import { openRunLock } from './run-lock.ts';
import { openTable } from './table.ts';

/** The coordination table as seen from one Region. */
export function openCoordination(
  outside: Outside,
  clock: Clock,
  at: { readonly region: string; readonly tableName: string },
): Coordination {
  const table = openTable(outside, at.region, at.tableName);
  return {
    lock: openRunLock(table, clock),
    lease: openLease(table),
    journal: openJournal(table, clock, at.region),
    facts: openFactsStore(table),
    directives: openDirectives(table),
    killSwitch: openKillSwitch(table),
  };
}
