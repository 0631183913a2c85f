import type { Pluggable } from '@smithy/types';
import type { ClientClass, ClientSettings } from './outside.ts';

export interface ClientOptions {
  /** Bounds one attempt of one call; ms. */
  readonly callTimeoutMs: number;
  readonly maxAttempts: number;
  /** Set where there is no real account (lab, simulator). */
  readonly credentials?: ClientSettings['credentials'];
  /** Stands between the SDK and the network: the leash of a dry run, the lab, the simulator. */
  // biome-ignore lint/suspicious/noExplicitAny: the SDK types its plugins by service, and these serve every service.
  readonly plugin?: (region: string) => Pluggable<any, any>;
}

interface Stack {
  // biome-ignore lint/suspicious/noExplicitAny: see ClientOptions.plugin.
  readonly middlewareStack: { use(plugin: Pluggable<any, any>): void };
}

/**
 * Makes SDK clients with explicit bounds, one per class and Region. Nothing is shared between two makers. The class itself
 * is the key: in the deployed bundles names are shortened, and two classes in two chunks may have the same one.
 */
export function clientMaker(options: ClientOptions): <C>(Client: ClientClass<C>, region: string) => C {
  const made = new Map<unknown, Map<string, unknown>>();
  return <C>(Client: ClientClass<C>, region: string): C => {
    const byRegion = made.get(Client) ?? new Map<string, unknown>();
    made.set(Client, byRegion);
    const client = byRegion.get(region) ?? makeClient(Client, region, options);
    byRegion.set(region, client);
    return client as C;
  };
}

function makeClient<C>(Client: ClientClass<C>, region: string, options: ClientOptions): C {
  const client = new Client({
    region,
    maxAttempts: options.maxAttempts,
    requestHandler: {
      connectionTimeout: options.callTimeoutMs,
      requestTimeout: options.callTimeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  if (options.plugin !== undefined) (client as Stack).middlewareStack.use(options.plugin(region));
  return client;
}
