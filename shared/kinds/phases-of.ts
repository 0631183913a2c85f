import type { Phase } from '../domain/phase.ts';
import type { AnyKind } from './contract.ts';

/** The phases in which a resource takes part: those of its kind, less those that the plan leaves it out of. */
export const phasesOf = (kind: AnyKind, spec: unknown): readonly Phase[] =>
  kind.phases.filter((phase) => kind.takesPart?.(phase, spec) ?? true);
