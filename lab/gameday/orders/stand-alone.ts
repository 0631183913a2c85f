import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Database } from '../postgres/database.ts';

/** One process of the order service in front of a database of the lab, with no Region around it. */
export interface StandAlone {
  readonly url: string;
  kill(): Promise<void>;
}

export async function startAlone(bundle: string, database: Database): Promise<StandAlone> {
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
  return {
    url: `http://127.0.1.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
