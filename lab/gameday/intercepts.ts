import type { ApiCall, InterceptResult } from '../cloud/history.ts';
import type { World } from '../cloud/world.ts';

/** What a fault does to a call; `released` resolves when the fault is healed. */
export type CallFault = (call: ApiCall, released: Promise<void>) => InterceptResult | Promise<InterceptResult>;

/** Many faults at the World's one seam: each call passes all of them, and the first that objects decides. */
export interface Intercepts {
  add(owner: symbol, fault: CallFault): void;
  remove(owner: symbol): void;
}

export function openIntercepts(world: Pick<World, 'intercept'>): Intercepts {
  const faults = new Map<symbol, { readonly act: CallFault; readonly released: PromiseWithResolvers<void> }>();
  world.intercept = async (call) => {
    for (const { act, released } of [...faults.values()]) {
      const verdict = await act(call, released.promise);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  };
  return {
    add: (owner, act) => void faults.set(owner, { act, released: Promise.withResolvers() }),
    remove(owner) {
      faults.get(owner)?.released.resolve();
      faults.delete(owner);
    },
  };
}
