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

/** What the simulated control plane controls: real processes in the game day, a model in unit tests and the simulator. */
export interface Substrate {
  /** Turns the standby behind this instance into a writer; resolves when it accepts writes, rejects when it cannot. */
  promoteDatabase(ref: DatabaseRef): Promise<void>;
  /** Resolves when the database no longer accepts connections. */
  stopDatabase?(ref: DatabaseRef): Promise<void>;
  /** Resolves when the stopped database accepts connections again. */
  startDatabase?(ref: DatabaseRef): Promise<void>;
  /** Asks for this many tasks; resolves when that many are ready (or the surplus has ended). The newest count wins. */
  setTaskCount(ref: ServiceRef, count: number): Promise<void>;
  /** How many tasks are ready now. */
  runningTasks(ref: ServiceRef): number;
  /** One probe of a health check's target; never rejects. */
  probe(target: ProbeTarget): Promise<boolean>;
}
