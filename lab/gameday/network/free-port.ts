import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768 on, macOS from 49152): a server that is
 * away for some seconds finds its port still free when it comes back.
 */
const range = { from: 20_000, to: 32_000 } as const;
const attemptsMax = 50;

/** A loopback port that was free a moment ago. Another process may take it first: callers try again. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${attemptsMax} loopback ports from ${range.from} to ${range.to} was free.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    // Rejects with the error of a port that is taken.
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
