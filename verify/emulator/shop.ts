import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The application, as much of it as Verify, Confirm and probes use: orders are written and read back. */
export interface Shop {
  readonly port: number;
  /** While it is closed, it takes no orders. */
  setOpen(isOpen: boolean): void;
  close(): Promise<void>;
}

export async function openShop(host: string, region: string): Promise<Shop> {
  const orders = new Set<string>();
  let isOpen = true;
  const server = createServer(async (incoming, outgoing) => {
    const answer = (status: number, body: object): void =>
      void outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (!isOpen) return answer(503, { error: 'closed' });
    if (incoming.method === 'POST') {
      const { id } = JSON.parse(await text(incoming)) as { readonly id: string };
      orders.add(id);
      return answer(201, { id, region });
    }
    if (incoming.url === '/health') return answer(200, { region });
    const id = incoming.url?.split('/').at(-1) ?? '';
    return orders.has(id) ? answer(200, { id, region }) : answer(404, { error: 'unknown', region });
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    setOpen: (open) => {
      isOpen = open;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
