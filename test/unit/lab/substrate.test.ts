import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { processSubstrate } from '../../../lab/gameday/substrate.ts';

const nowhere = { host: '127.0.0.1', port: 0 };
const substrate = processSubstrate({ regions: [], wires: { primary: nowhere, recovery: nowhere } });
const ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended.splice(0)) end();
});

async function serverAnswering(status: number): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  ended.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a health check of Route 53, made for real', () => {
  it.each([
    [200, true],
    [302, true],
    [503, false],
  ])('takes the status %i for healthy: %s', async (status, healthy) => {
    const port = await serverAnswering(status);
    expect(await substrate.probe({ protocol: 'HTTP', host: '127.0.0.1', port, path: '/health' })).toBe(healthy);
  });

  it('takes an open port for healthy, and a closed one for not', async () => {
    const port = await serverAnswering(200);
    expect(await substrate.probe({ protocol: 'TCP', host: '127.0.0.1', port })).toBe(true);
    for (const end of ended.splice(0)) end();
    expect(await substrate.probe({ protocol: 'TCP', host: '127.0.0.1', port })).toBe(false);
    expect(await substrate.probe({ protocol: 'HTTP', host: '127.0.0.1', port })).toBe(false);
  });
});
