export interface DatabaseRef {
  readonly region: string;
  readonly instance: string;
}

export interface ServiceRef {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
}

export interface ProbeTarget {
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP';
  readonly host: string;
  readonly port: number;
  readonly path?: string;
  /** What the beginning of the answer must contain. */
  readonly search?: string;
}

/**
 * What the simulated control plane controls: real processes in the game day, a model in unit tests and the simulator. An
 * optional method that is missing makes the operation that needs it fail loudly.
 */
export interface Substrate {
  /** Turns the standby behind this instance into a writer; resolves when it accepts writes, rejects when it cannot. */
  promoteDatabase(ref: DatabaseRef): Promise<void>;
  /** Resolves when the database no longer accepts connections. */
  stopDatabase?(ref: DatabaseRef): Promise<void>;
  /** Resolves when the stopped database accepts connections again. */
  startDatabase?(ref: DatabaseRef): Promise<void>;
  /**
   * Keeps the rows that are committed in this database now under a name that is new in the Region. Must not stop writers.
   * Resolves when the copy is complete; rejects when the database cannot be read.
   */
  snapshotDatabase?(ref: DatabaseRef, snapshot: string): Promise<void>;
  /**
   * Puts this database aside under another identifier, which is free in the Region, with all its data. Must end its
   * connections; from then on the old identifier, and the address behind it, lead to nothing until `createReplica` puts
   * another database there. Renaming back must work. Resolves when it is reachable under the new identifier, or, where only one
   * database of a Region is kept running, when its data is kept under it.
   */
  renameDatabase?(ref: DatabaseRef, newInstance: string): Promise<void>;
  /**
   * Builds a standby of the writer `of` behind an identifier that is free, from a fresh copy of its data, reachable where
   * the application of that Region expects its database. Must not stop the writers of `of`. Resolves when it streams and
   * answers reads, however far behind it is; rejects when it cannot be built, and then leaves nothing behind.
   */
  createReplica?(ref: DatabaseRef, of: DatabaseRef): Promise<void>;
  /**
   * Ends this database and removes its data; snapshots stay. Also one whose `createReplica` is still under way, which must then
   * reject. Resolves when the identifier is free; a slot that it held at its writer is gone by then, or dropped later.
   */
  deleteDatabase?(ref: DatabaseRef): Promise<void>;
  /** Asks for this many tasks; resolves when that many are ready (or the surplus has ended). The newest count wins. */
  setTaskCount(ref: ServiceRef, count: number): Promise<void>;
  /** How many tasks are ready now. */
  runningTasks(ref: ServiceRef): number;
  /** One probe of a health check's target; never rejects. */
  probe(target: ProbeTarget): Promise<boolean>;
}
