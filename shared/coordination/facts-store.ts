import * as z from 'zod';
import type { FactsKey, FactsStore } from '../domain/ports.ts';
import type { Key, Table } from './table.ts';

const StoredFacts = z.object({ at: z.number(), facts: z.unknown() });

/** Facts in the coordination table, overwritten by each evaluation. */
export function openFactsStore(table: Table): FactsStore {
  return {
    async record(key, { at, facts }) {
      await table.put({ ...itemKey(key), at, facts });
    },
    async last(key) {
      const item = await table.get(itemKey(key));
      if (item === undefined) return undefined;
      const { at, facts } = StoredFacts.parse(item);
      return { at, facts };
    },
  };
}

function itemKey({ application, fromRegion, phase, resource }: FactsKey): Key {
  return { pk: `application#${application}`, sk: `facts#${fromRegion}#${phase}#${resource}` };
}
