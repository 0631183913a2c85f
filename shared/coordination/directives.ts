import { Directive } from '../domain/directive.ts';
import type { DirectiveStore } from '../domain/ports.ts';
import type { Table } from './table.ts';

const prefix = 'directive#';

/** A partition of its own, so that people can be allowed to decide without being allowed to touch anything else. */
const partitionOf = (runId: string): string => `directives#${runId}`;

/** One item a directive, never changed. Two of the same millisecond and type are the same one, written twice. */
export function openDirectives(table: Table): DirectiveStore {
  return {
    async record(runId, directive) {
      const sk = `${prefix}${String(directive.at).padStart(15, '0')}#${directive.type}`;
      await table.put({ pk: partitionOf(runId), sk, directive });
    },
    async read(runId) {
      const items = await table.list(partitionOf(runId), prefix, {});
      return items.map(({ directive }) => Directive.parse(directive));
    },
  };
}
