import { createServer } from 'node:net';
import type { Place } from '../../shared/domain/run.ts';

/** An A record carries no port, so both Regions serve on one port number, each on a loopback address of its own. */
export const addresses: Readonly<Record<Place, string>> = { primary: '127.0.1.1', recovery: '127.0.2.1' };

const attemptsMax = 20;

/** A port number that is free on both addresses. */
export async function findOrdersPort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = await listenOnce(addresses.primary, 0);
    if (port !== undefined && (await listenOnce(addresses.recovery, port)) !== undefined) return port;
  }
  throw new Error(
    `No port is free on both ${addresses.primary} and ${addresses.recovery}. Linux has the whole of 127.0.0.0/8; on ` +
      'macOS, add them first: sudo ifconfig lo0 alias 127.0.1.1 && sudo ifconfig lo0 alias 127.0.2.1',
  );
}

function listenOnce(host: string, port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen({ host, port }, () => {
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : undefined;
    server.close(() => resolve(taken));
  });
  return promise;
}
