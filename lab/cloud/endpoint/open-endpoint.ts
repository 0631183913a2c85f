import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../world.ts';
import { answerTo, type Bench } from './answer.ts';
import type { WireResponse } from './protocol.ts';
import { readRequest } from './request.ts';
import { loadServices } from './services.ts';

export interface Endpoint {
  /** For AWS_ENDPOINT_URL and `--endpoint-url`. */
  readonly url: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * The simulated cloud as an HTTP endpoint on loopback, for SDKs and CLIs in any language. Service and Region come from
 * the credential scope of each request; signatures are not verified.
 * @param port 0 for any that is free
 * @throws Error when the port cannot be had
 */
export async function openEndpoint(world: World, port = 0): Promise<Endpoint> {
  const bench: Bench = { world, services: await loadServices() };
  const server = createServer((incoming, outgoing) => void serve(bench, incoming, outgoing));
  // A client that keeps a connection decides itself how long.
  server.keepAliveTimeout = 60_000;
  server.listen(port, host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new Error(`the AWS endpoint cannot listen on ${host}:${port}: ${String(cause)}`, { cause });
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(bench: Bench, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const response = await answerTo(await readRequest(incoming), bench, gone.signal);
    if (response === undefined) outgoing.destroy();
    else write(outgoing, response);
  } catch {
    // The client went in the middle of its request, or sent what is no HTTP body.
    outgoing.destroy();
  }
}

function write(outgoing: ServerResponse, { body, headers, status }: WireResponse): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
