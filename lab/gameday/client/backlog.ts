export interface PendingOrder {
  readonly id: string;
  readonly item: string;
  readonly amountCents: number;
}

/** The orders that wait to be sent, for the first time or again. */
export interface Backlog {
  readonly size: () => number;
  add(order: PendingOrder): void;
  /** Puts an order back; it is taken again at `notBefore` at the earliest. */
  retry(order: PendingOrder, notBefore: number): void;
  /** The order to send next: failed ones whose pause is over come first, because they have waited longest. */
  take(now: number): PendingOrder | undefined;
  hasReady(now: number): boolean;
  ids(): readonly string[];
}

export function createBacklog(): Backlog {
  const fresh: PendingOrder[] = [];
  // The pause is the same for all, so this list is in the order of `notBefore`.
  const failed: { readonly order: PendingOrder; readonly notBefore: number }[] = [];
  const hasRetry = (now: number) => failed[0] !== undefined && failed[0].notBefore <= now;
  return {
    size: () => fresh.length + failed.length,
    add: (order) => void fresh.push(order),
    retry: (order, notBefore) => void failed.push({ order, notBefore }),
    take: (now) => (hasRetry(now) ? failed.shift()?.order : fresh.shift()),
    hasReady: (now) => fresh.length > 0 || hasRetry(now),
    ids: () => [...failed.map(({ order }) => order.id), ...fresh.map(({ id }) => id)],
  };
}
