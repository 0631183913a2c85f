import type { Instant, Place } from '../../shared/domain/run.ts';
import { createOrderPool, type OrderPool } from './orders/pool.ts';
import type { Database } from './postgres/database.ts';
import type { Workplace } from './processes/workplace.ts';

/** One "Region": a real database and a pool of real order services in front of it. */
export interface LabRegion {
  readonly place: Place;
  readonly name: string;
  readonly address: string;
  readonly database: Database;
  readonly pool: OrderPool;
  /** Makes the database the writer; resolves when it accepts writes. */
  promote(): Promise<void>;
  /** Since when the database accepts writes; undefined for a standby. 0: from the start. */
  writableSince(): Instant | undefined;
}

export interface RegionParts {
  readonly workplace: Workplace;
  readonly place: Place;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly database: Database;
  /** The order service in one JavaScript file. */
  readonly serviceFile: string;
}

export function openRegion(parts: RegionParts): LabRegion {
  const { address, database, name, place } = parts;
  const pool = createOrderPool({ spawn: (index) => spawnService(parts, index) });
  let writableSince: Instant | undefined = place === 'primary' ? 0 : undefined;
  return {
    place,
    name,
    address,
    database,
    pool,
    async promote() {
      await database.promote();
      writableSince ??= performance.timeOrigin + performance.now();
    },
    writableSince: () => writableSince,
  };
}

function spawnService({ address, database, name, port, serviceFile, workplace }: RegionParts, index: number) {
  return workplace.spawn({
    name: `orders-${name}-${index}`,
    region: name,
    command: process.execPath,
    args: [serviceFile],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ORDERS_HOST: address,
      ORDERS_PORT: String(port),
      ORDERS_REGION: name,
      ORDERS_DATABASE_NAME: database.name,
      ORDERS_DATABASE_URL: database.connectionString(),
    },
  });
}
