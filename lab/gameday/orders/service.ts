import { once } from 'node:events';
import type { Server } from 'node:http';
import { openComparison } from './comparison.ts';
import { openOrderDatabase } from './database.ts';
import { openWriteGate } from './gate.ts';
import { explainListenError } from './listen-error.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { createOrderServer } from './server.ts';
import { readSettings, type ServiceSettings } from './settings.ts';

const DRAIN_MS = 200;

/**
 * The entry of one order service process: `node service.ts`, with its settings in ORDERS_* variables. Any number of
 * them share one address and port. Tells its parent `{ type: 'ready', port }`, and ends on SIGTERM or when the parent
 * is gone.
 */
const settings = readSettings(process.env);
const draining = new AbortController();
const database = openOrderDatabase(settings);
const gate = openWriteGate(settings);
let { misbehaviour } = settings;
const server = createOrderServer({
  ...settings,
  database,
  gate,
  comparison: openComparison(settings),
  draining: draining.signal,
  misbehaviour: () => misbehaviour,
});

process.once('SIGTERM', drainAndExit);
process.once('disconnect', drainAndExit);
process.on('message', (message: { readonly misbehaviour?: Misbehaviour }) => {
  misbehaviour = message.misbehaviour;
});
await listen(server, settings);
// Opens the first connections before the first order; a database that is away is no reason not to start.
database.health().catch(() => {});
gate.start().catch(() => {});
process.send?.({ type: 'ready', port: boundPort(server) });

async function listen(server: Server, { host, port }: ServiceSettings): Promise<void> {
  try {
    server.listen({ host, port, reusePort: true });
    await once(server, 'listening');
  } catch (cause) {
    throw explainListenError(cause, { host, port });
  }
}

function boundPort(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The order service listens on no port.');
}

/** Requests under way may end; what is left after the drain is cut, because the lab is waiting. */
function drainAndExit(): void {
  draining.abort();
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), DRAIN_MS);
}
