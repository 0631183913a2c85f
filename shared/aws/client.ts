import type { Pluggable } from '@smithy/types';
import { onceOnly } from './once.ts';
import type { ClientClass, ClientSettings, Outside } from './outside.ts';

export interface ClientOptions {
  /** Bounds one attempt of one call; ms. */
  readonly callTimeoutMs: number;
  /** Of a command that may be sent again; of an effect on a resource there is one (once.ts). */
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
 * Makes SDK clients with explicit bounds, one per class and endpoint. Nothing is shared between two makers. The class
 * itself is the key: in the deployed bundles names are shortened, and two classes in two chunks may have the same one.
 */
export function clientMaker(options: ClientOptions): Outside['client'] {
  const made = new Map<unknown, Map<string, unknown>>();
  return <C>(Client: ClientClass<C>, region: string, endpoint?: string): C => {
    const byPlace = made.get(Client) ?? new Map<string, unknown>();
    made.set(Client, byPlace);
    const place = endpoint ?? region;
    const client =
      byPlace.get(place) ?? makeClient(Client, { region, ...(endpoint === undefined ? {} : { endpoint }) }, options);
    byPlace.set(place, client);
    return client as C;
  };
}

function makeClient<C>(
  Client: ClientClass<C>,
  at: Pick<ClientSettings, 'region' | 'endpoint'>,
  options: ClientOptions,
): C {
  const client = new Client({
    ...at,
    maxAttempts: options.maxAttempts,
    requestHandler: {
      connectionTimeout: options.callTimeoutMs,
      requestTimeout: options.callTimeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  if (options.maxAttempts > 1) (client as Stack).middlewareStack.use(onceOnly());
  if (options.plugin !== undefined) (client as Stack).middlewareStack.use(options.plugin(at.region));
  return client;
}
