import { randomUUID } from 'node:crypto';
import { type StandAlone, startAlone } from '../../lab/gameday/orders/stand-alone.ts';
import type { Database } from '../../lab/gameday/postgres/database.ts';

/** One process of the order service in front of a database of the lab. */
export interface TestService extends StandAlone {
  put(grant: { readonly epoch: number; readonly expiresAt: number }): Promise<number>;
  end(epoch: number): Promise<number>;
  /** @returns the status of the answer */
  order(id?: string): Promise<number>;
}

export async function startTestService(bundle: string, database: Database): Promise<TestService> {
  const service = await startAlone(bundle, database);
  const send = async (path: string, method: string, body: object) => {
    const response = await fetch(service.url + path, { method, body: JSON.stringify(body) });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    ...service,
    put: (grant) => send('/lease', 'PUT', grant),
    end: (epoch) => send('/lease', 'DELETE', { epoch }),
    order: (id = randomUUID()) => send('/orders', 'POST', { id, item: 'lamp', amountCents: 1 }),
  };
}
