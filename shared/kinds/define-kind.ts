import type { AnyKind, ResourceKind } from './contract.ts';

/**
 * Checks a kind against the contract where its own types are known, then forgets them: the engine handles every kind
 * alike. Sound because the engine gives `check`, `act` and `undo` only what the same kind's spec and `observe` returned.
 */
export function defineKind<Spec, Facts, Action extends { readonly type: string }>(
  kind: ResourceKind<Spec, Facts, Action>,
): AnyKind {
  return kind as unknown as AnyKind;
}
