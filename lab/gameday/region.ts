import type { Instant, Place } from '../../shared/domain/run.ts';
import type { Misbehaviour } from './orders/misbehaviour.ts';
import { createOrderPool, type OrderPool } from './orders/pool.ts';
import type { Database } from './postgres/database.ts';
import { openShelf, type Shelf } from './postgres/shelf.ts';
import type { LabProcess } from './processes/lab-process.ts';
import type { Workplace } from './processes/workplace.ts';

/** One "Region": a real database and a pool of real order services in front of it. */
export interface LabRegion {
  readonly place: Place;
  readonly name: string;
  readonly address: string;
  readonly database: Database;
  readonly pool: OrderPool;
  /** What RDS does to the databases of the Region, other than promotion. */
  readonly shelf: Shelf;
  /** Makes the database the writer; resolves when it accepts writes. */
  promote(): Promise<void>;
  /** Makes every order service of the pool misbehave, also those that are started later; undefined: no more. */
  misbehave(trouble: Misbehaviour | undefined): void;
  /** Since when the database accepts writes; undefined for a standby, or for none. 0: from the start. */
  writableSince(): Instant | undefined;
  /** All times in which a database at the Region's address was not a standby, oldest first. */
  writableTerms(): readonly WritableTerm[];
}

export interface WritableTerm {
  readonly since: Instant;
  /** Undefined: it still is. */
  readonly until?: Instant;
}

export interface RegionParts {
  readonly workplace: Workplace;
  readonly place: Place;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly database: Database;
  /** Whose standby the database is; undefined: it is the writer. */
  readonly writer: Database | undefined;
  /** The order service in one JavaScript file. */
  readonly serviceFile: string;
}

export function openRegion(parts: RegionParts): LabRegion {
  const { address, database, name, place, writer } = parts;
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
  const terms = keepTerms(writer === undefined ? 0 : undefined);
  const shelf = openShelf(database, writer);
  return {
    place,
    name,
    address,
    database,
    pool,
    shelf: {
      ...shelf,
      async rename(instance, to) {
        await shelf.rename(instance, to);
        if (shelf.seated() === undefined) terms.end();
        else if (!(await database.isInRecovery())) terms.resume();
      },
    },
    async promote() {
      await database.promote();
      terms.begin();
    },
    misbehave(wanted) {
      misbehaviour = wanted;
      // A service that is ending hears it no more, and need not.
      for (const { child } of services) child.send({ misbehaviour: wanted }, () => undefined);
    },
    writableSince: () => (terms.all.at(-1)?.until === undefined ? terms.all.at(-1)?.since : undefined),
    writableTerms: () => terms.all,
  };
}

function keepTerms(first: Instant | undefined) {
  const all: WritableTerm[] = first === undefined ? [] : [{ since: first }];
  const now = (): Instant => performance.timeOrigin + performance.now();
  const current = (): WritableTerm | undefined => all.find(({ until }) => until === undefined);
  return {
    all,
    begin: () => void (current() ?? all.push({ since: now() })),
    /** What had been put aside is back, with what it had: its term goes on. */
    resume() {
      const last = all.at(-1);
      if (last !== undefined) all.splice(-1, 1, { since: last.since });
    },
    end() {
      const ending = current();
      if (ending !== undefined) all.splice(-1, 1, { ...ending, until: now() });
    },
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
