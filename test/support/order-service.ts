import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Database } from '../../lab/gameday/postgres/database.ts';

/** One process of the order service in front of a database of the lab. */
export interface TestService {
  readonly url: string;
  put(grant: { readonly epoch: number; readonly expiresAt: number }): Promise<number>;
  end(epoch: number): Promise<number>;
  /** @returns the status of the answer */
  order(id?: string): Promise<number>;
  kill(): Promise<void>;
}

export async function startTestService(bundle: string, database: Database): Promise<TestService> {
  const child = fork(bundle, [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ORDERS_HOST: '127.0.1.1',
      ORDERS_PORT: '0',
      ORDERS_REGION: database.region,
      ORDERS_DATABASE_NAME: database.name,
      ORDERS_DATABASE_URL: database.connectionString(),
    },
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.1.1:${port}`;
  const send = async (path: string, method: string, body: object) => {
    const response = await fetch(url + path, { method, body: JSON.stringify(body) });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    url,
    put: (grant) => send('/lease', 'PUT', grant),
    end: (epoch) => send('/lease', 'DELETE', { epoch }),
    order: (id = randomUUID()) => send('/orders', 'POST', { id, item: 'lamp', amountCents: 1 }),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
