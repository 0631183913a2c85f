import { copyWhole } from './base-backup.ts';
import { dropSlotOf, startStandby } from './create-standby.ts';
import { clearAway, type Home, makeHome } from './data-directory.ts';
import { type Database, databaseOf, type Query } from './database.ts';
import { waitUntilStreaming } from './replication.ts';
import { type Server, startServer } from './server.ts';

export interface ReplicaWanted {
  /** The writer. */
  readonly of: Database;
  /** The wire to it. */
  readonly through: { readonly host: string; readonly port: number };
}

/**
 * The databases of one Region by their identifiers: one runs at the Region's address, the others are kept as they were,
 * stopped, with all their rows. Every method rejects for an identifier that is not there, or not free.
 */
export interface Shelf {
  /** The identifier of what is at the address; undefined: nothing is, because it was put aside. */
  seated(): string | undefined;
  /** A copy of all committed rows, while its clients go on. */
  snapshot(instance: string, name: string): Promise<void>;
  /** Puts what is at the address aside, or gives what was put aside its old name and place back. */
  rename(instance: string, to: string): Promise<void>;
  /** Builds a standby at the address. What is seated there by then must have been put aside. */
  createReplica(instance: string, wanted: ReplicaWanted): Promise<void>;
  /** Also gives up one that is being built. */
  delete(instance: string): Promise<void>;
  /** The Region is lost: what is being built in it is given up. */
  abandon(): void;
  /** What lies aside, oldest first. */
  kept(): readonly Kept[];
}

/** It can be started at a port of its own, for as long as somebody looks at it. */
export interface Kept {
  readonly what: 'instance' | 'snapshot';
  readonly name: string;
  look<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

interface State {
  readonly database: Database;
  seated: Seated | undefined;
  readonly kept: Map<string, Home>;
  readonly snapshots: Map<string, Home>;
  readonly building: Map<string, Building>;
}

interface Seated {
  readonly instance: string;
  /** Of what was built as a standby. */
  readonly writer?: Database | undefined;
}

interface Building {
  giveUp(reason: Error): void;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

/** @param writer whose standby the database is */
export function openShelf(database: Database, writer?: Database): Shelf {
  const seated = { instance: database.name, writer };
  const state: State = { database, seated, kept: new Map(), snapshots: new Map(), building: new Map() };
  return {
    seated: () => state.seated?.instance,
    snapshot: (instance, name) => snapshot(state, instance, name),
    rename: (instance, to) =>
      state.seated?.instance === instance ? putAside(state, to) : takeBack(state, instance, to),
    createReplica: (instance, wanted) => build(state, instance, wanted),
    delete: (instance) => remove(state, instance),
    abandon() {
      for (const building of state.building.values()) building.giveUp(new Error('the Region was lost'));
    },
    kept: () => [...keptOf(state, 'snapshot'), ...keptOf(state, 'instance')],
  };
}

function keptOf({ database, kept, snapshots }: State, what: Kept['what']): readonly Kept[] {
  const homes = what === 'snapshot' ? snapshots : kept;
  return [...homes].map(([name, home]) => ({ what, name, look: (work) => look(home, database.password, work) }));
}

async function look<T>(home: Home, password: string, work: (query: Query) => Promise<T>): Promise<T> {
  const opened = databaseOf(await startServer(home), password);
  try {
    return await work(opened.query);
  } finally {
    await opened.stop();
  }
}

/** Snapshots have names of their own: one may be called as an instance is. */
async function snapshot({ database, seated, snapshots }: State, instance: string, name: string): Promise<void> {
  if (seated?.instance !== instance) throw new Error(`${instance} does not run`);
  if (snapshots.has(name)) throw new Error(`there is a snapshot ${name} already`);
  const home = makeHome({ ...database.home, name: `${name}-snapshot` });
  try {
    await copyWhole(database, home);
  } catch (error) {
    await clearAway(home);
    throw error;
  }
  snapshots.set(name, home);
}

async function putAside(state: State, name: string): Promise<void> {
  demandFree(state, name);
  const { home } = state.database;
  state.seated = undefined;
  await state.database.stop();
  state.kept.set(name, home);
}

/** Another name for what is kept; with the name of the address it runs there again. */
async function takeBack(state: State, instance: string, name: string): Promise<void> {
  const { database, kept } = state;
  const home = keptHome(state, instance);
  demandFree(state, name);
  if (name === database.name) {
    state.seated = { instance: name };
    database.seat(await startServer(home, database.port));
  } else kept.set(name, home);
  kept.delete(instance);
}

async function build(state: State, instance: string, wanted: ReplicaWanted): Promise<void> {
  const { database, seated } = state;
  if (seated !== undefined || state.building.size > 0) {
    throw new Error(`the address of ${database.region} has ${seated?.instance ?? 'a replica that is being built'}`);
  }
  const controller = new AbortController();
  const built = buildStreaming(database, { ...wanted, instance, signal: controller.signal });
  const ended = built.catch(() => undefined);
  state.building.set(instance, { giveUp: (reason) => controller.abort(reason), ended });
  try {
    database.seat(await built);
    state.seated = { instance, writer: wanted.of };
  } catch (error) {
    await dropSlotOf(instance, wanted.of).catch(() => undefined);
    throw error;
  } finally {
    state.building.delete(instance);
  }
}

interface Order extends ReplicaWanted {
  readonly instance: string;
  readonly signal: AbortSignal;
}

async function buildStreaming(seat: Database, { instance, of, signal, through }: Order): Promise<Server> {
  const { home, port, region } = seat;
  const place = { workplace: home.workplace, region, name: instance, port };
  const server = await startStandby({ ...place, from: of, through, signal });
  try {
    await waitUntilStreaming({ primary: of, standbyName: instance, timeoutMs: streamingTimeoutMs });
    signal.throwIfAborted();
    return server;
  } catch (error) {
    await clearAway(server.home);
    throw error;
  }
}

const streamingTimeoutMs = 10_000;

async function remove(state: State, instance: string): Promise<void> {
  const { database, kept, seated } = state;
  const building = state.building.get(instance);
  if (building !== undefined) {
    building.giveUp(new Error(`${instance} was deleted`));
    await building.ended;
    return;
  }
  if (seated?.instance === instance) {
    const { home } = database;
    state.seated = undefined;
    await database.stop();
    await clearAway(home);
    // The writer may be away; then the slot goes when the next standby of this name comes.
    if (seated.writer !== undefined) await dropSlotOf(instance, seated.writer).catch(() => undefined);
    return;
  }
  await clearAway(keptHome(state, instance));
  kept.delete(instance);
}

function keptHome({ kept }: State, name: string): Home {
  const home = kept.get(name);
  if (home === undefined) throw new Error(`there is no ${name}`);
  return home;
}

function demandFree({ kept, seated }: State, name: string): void {
  if (kept.has(name) || seated?.instance === name) throw new Error(`there is a ${name} already`);
}
