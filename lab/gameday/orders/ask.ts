import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { keepsSession, toDatabaseTrouble } from './trouble.ts';

/** Asks one question on a connection of the pool; rejects with `DatabaseTrouble`, at the latest at the deadline. */
export type Ask = <Row extends QueryResultRow>(question: QueryConfig, deadlineAt?: number) => Promise<readonly Row[]>;

/** A connection that failed or kept a question waiting is thrown away. */
export function asker(pool: Pool, timeoutMs: number): Ask {
  return async (question, deadlineAt = performance.now() + timeoutMs) => {
    try {
      const client = await pool.connect();
      return await queryOnce(client, { ...question, query_timeout: Math.max(1, deadlineAt - performance.now()) });
    } catch (cause) {
      throw toDatabaseTrouble(cause, { timedOut: performance.now() >= deadlineAt - 1 });
    }
  };
}

/** pg reads `query_timeout` from the query too; its types do not say so. */
interface TimedQuery extends QueryConfig {
  readonly query_timeout: number;
}

async function queryOnce<Row extends QueryResultRow>(client: PoolClient, query: TimedQuery): Promise<readonly Row[]> {
  let broken = false;
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  try {
    return (await client.query<Row>(query)).rows;
  } catch (cause) {
    broken ||= !keepsSession(cause);
    throw cause;
  } finally {
    client.release(broken);
    client.off('error', onError);
  }
}
