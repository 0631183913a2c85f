import { Resolver } from 'node:dns/promises';
import type { Lookup } from './address-book.ts';

const TIMEOUT_MS = 250;
const TRIES = 2;

/** Asks the authoritative server `dnsServer` (`address:port`) for the name's first address. Rejects when it has none. */
export function lookupAt(dnsServer: string, name: string): () => Promise<Lookup> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  resolver.setServers([dnsServer]);
  return async () => {
    const [first] = await resolver.resolve4(name, { ttl: true });
    if (first === undefined) throw new Error(`${name} has no address.`);
    return { address: first.address, ttlSeconds: first.ttl };
  };
}
