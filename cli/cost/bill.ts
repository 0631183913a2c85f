import { type PriceId, priceOf } from './prices.ts';

/** So much of something. */
export interface Usage {
  /** What it is used for, in words. */
  readonly part: string;
  readonly price: PriceId;
  readonly quantity: number;
  /** How the quantity comes about: the factors, in words. */
  readonly arithmetic: string;
}

export interface Line extends Usage {
  readonly usd: number;
}

export interface Bill {
  readonly lines: readonly Line[];
  readonly usd: number;
  /** The same in an account where nothing else uses what AWS gives for nothing. */
  readonly usdAfterFree: number;
}

/** Dearest first. */
export function billOf(usages: readonly Usage[]): Bill {
  const lines = usages
    .filter(({ quantity }) => quantity > 0)
    .map((usage) => ({ ...usage, usd: usage.quantity * priceOf(usage.price).usd }))
    .toSorted((one, other) => other.usd - one.usd);
  return { lines, usd: sum(lines.map(({ usd }) => usd)), usdAfterFree: sum(paidOf(lines)) };
}

function paidOf(lines: readonly Line[]): readonly number[] {
  return [...Map.groupBy(lines, ({ price }) => price)].map(([id, same]) => {
    const { free = 0, usd } = priceOf(id);
    return Math.max(0, sum(same.map(({ quantity }) => quantity)) - free) * usd;
  });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
