import type { Resource } from './plan.ts';

type Node = Pick<Resource, 'id' | 'dependsOn'>;

/**
 * Which of the resources that take part must be settled before this one: those it depends on, also through others that
 * have no part in the phase. A validated plan has no circle.
 */
export function dependenciesAmong(
  all: readonly Node[],
  resource: Node,
  taking: ReadonlySet<string>,
): readonly string[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = ({ dependsOn }: Node): void => {
    for (const id of dependsOn) {
      const other = byId.get(id);
      if (other === undefined || seen.has(id)) continue;
      seen.add(id);
      if (taking.has(id)) found.add(id);
      else walk(other);
    }
  };
  walk(resource);
  return [...found];
}
