import { Pool, type PoolConfig } from 'pg';

/**
 * A pool whose sessions may be ended from outside at any moment: also one that was handed out just now and listens to
 * nobody yet. Whoever asks on it hears of it; the pool drops it, and the next request opens another.
 */
export function openSessions(config: PoolConfig): Pool {
  const pool = new Pool({ idleTimeoutMillis: 0, ...config });
  pool.on('error', () => {});
  pool.on('connect', (session) => session.on('error', () => {}));
  return pool;
}
