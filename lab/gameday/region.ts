import type { Instant, Place } from '../../shared/domain/run.ts';
import type { Misbehaviour } from './orders/misbehaviour.ts';
import { createOrderPool, type OrderPool } from './orders/pool.ts';
import type { Database } from './postgres/database.ts';
import type { LabProcess } from './processes/lab-process.ts';
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
  /** Makes every order service of the pool misbehave, also those that are started later; undefined: no more. */
  misbehave(trouble: Misbehaviour | undefined): void;
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
  const services = new Set<LabProcess>();
  let misbehaviour: Misbehaviour | undefined;
  const pool = createOrderPool({
    spawn(index) {
      const service = spawnService(parts, index, misbehaviour);
      services.add(service);
      void service.exited.then(() => services.delete(service));
      return service;
    },
  });
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
    misbehave(wanted) {
      misbehaviour = wanted;
      // A service that is ending hears it no more, and need not.
      for (const { child } of services) child.send({ misbehaviour: wanted }, () => undefined);
    },
    writableSince: () => writableSince,
  };
}

function spawnService(
  { address, database, name, port, serviceFile, workplace }: RegionParts,
  index: number,
  misbehaviour: Misbehaviour | undefined,
): LabProcess {
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
      ...(misbehaviour === undefined ? {} : { ORDERS_MISBEHAVIOUR: misbehaviour }),
    },
  });
}
