import { globalControlPlanes } from '../../lab/checkers/path-rules.ts';
import type { AnyKind } from '../../shared/kinds/contract.ts';
import type { SentCommand } from './commands.ts';

/** What a kind declares is what plans have to accept: it must be what its code can send, no more and no less. */
export function declarationProblems(
  kinds: readonly Pick<AnyKind, 'id' | 'controlPlanes'>[],
  commands: readonly SentCommand[],
): readonly string[] {
  return kinds.flatMap(({ controlPlanes, id }) => {
    const own = commands.filter(({ file }) => file.startsWith(`shared/kinds/${id}/`));
    const sent = new Set(own.flatMap(({ service }) => globalControlPlanes[service] ?? []));
    const declared: readonly string[] = controlPlanes;
    return [
      ...[...sent].filter((one) => !declared.includes(one)).map((one) => `${id} needs ${one} and does not declare it`),
      ...declared.filter((one) => !sent.has(one)).map((one) => `${id} declares ${one} and does not need it`),
    ];
  });
}
