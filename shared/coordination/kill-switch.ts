import * as z from 'zod';
import type { KillSwitch } from '../domain/ports.ts';
import type { Key, Table } from './table.ts';

/** A partition of its own, so that people can be allowed to halt without being allowed to touch lock and lease. */
const keyOf = (application: string): Key => ({ pk: `kill-switch#${application}`, sk: 'kill-switch' });

const Stored = z.object({ halted: z.object({ by: z.string(), reason: z.string(), at: z.number() }).optional() });

/** One item an application. Lifting it overwrites rather than deletes: the table knows no deletes. */
export function openKillSwitch(table: Table): KillSwitch {
  return {
    async halted(application) {
      const item = await table.get(keyOf(application));
      return item === undefined ? undefined : Stored.parse(item).halted;
    },
    async halt(application, halted) {
      await table.put({ ...keyOf(application), halted });
    },
    async resume(application) {
      await table.put({ ...keyOf(application) });
    },
  };
}
