import { fileURLToPath } from 'node:url';
import { type RemoteClient, startRemoteClient } from './client/remote-client.ts';
import type { Progress } from './client/result.ts';
import { addresses } from './orders-address.ts';
import type { Workplace } from './processes/workplace.ts';

const clientEntry = fileURLToPath(import.meta.resolve('./client/main.ts'));

export interface LoadWanted {
  readonly workplace: Workplace;
  readonly name: string;
  readonly port: number;
  readonly dnsPort: number;
  readonly ordersPerSecond: number;
  readonly onProgress: (progress: Progress) => void;
}

/** The client lives outside all Regions, in a process of its own: what happens to them does not happen to it. */
export function startLoad({
  dnsPort,
  name,
  onProgress,
  ordersPerSecond,
  port,
  workplace,
}: LoadWanted): Promise<RemoteClient> {
  const client = workplace.spawn({
    name: 'client',
    region: 'users',
    command: process.execPath,
    args: [clientEntry],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ports = { [addresses.primary]: port, [addresses.recovery]: port };
  const settings = { name, dnsServer: `127.0.0.1:${dnsPort}`, ports, ordersPerSecond };
  return startRemoteClient(client, { settings, onProgress });
}
