import type { Resolution } from './acknowledgement.ts';

export interface Lookup {
  readonly address: string;
  readonly ttlSeconds: number;
}

export interface AddressBookOptions {
  /** Asks the authoritative server, without any cache. */
  readonly lookup: () => Promise<Lookup>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface AddressBook {
  /** The address to use now. Rejects as `lookup` does; an answer that has expired is never used instead. */
  current(): Promise<string>;
  /** Each change of the address or of where it came from, in order of time. */
  readonly resolutions: readonly Resolution[];
}

/**
 * Keeps an answer for its time to live, because Node's resolver keeps none and without it a recovery would look faster
 * than real clients see it. One question is under way at a time; whoever asks meanwhile shares it, and with a time to
 * live of 0 that is the only sharing.
 */
export function createAddressBook({ lookup, now }: AddressBookOptions): AddressBook {
  const resolutions: Resolution[] = [];
  let known: (Lookup & { readonly expiresAt: number }) | undefined;
  let underWay: Promise<string> | undefined;

  async function ask(): Promise<string> {
    const found = await lookup();
    known = { ...found, expiresAt: now() + found.ttlSeconds * 1_000 };
    note(found, false);
    return found.address;
  }

  function askOnce(): Promise<string> {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  function note({ address, ttlSeconds }: Lookup, fromCache: boolean): void {
    const last = resolutions.at(-1);
    if (last?.address === address && last.fromCache === fromCache) return;
    resolutions.push({ at: now(), address, ttlSeconds, fromCache });
  }

  return {
    resolutions,
    async current() {
      if (known === undefined || now() >= known.expiresAt) return await askOnce();
      note(known, true);
      return known.address;
    },
  };
}
