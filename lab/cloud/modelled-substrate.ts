import type { LabClock } from './clock.ts';
import type { DatabaseRef, ProbeTarget, ServiceRef, Substrate } from './substrate.ts';

export type DatabaseRole = 'standby' | 'writer' | 'stopped';

export interface ModelledSubstrateOptions {
  readonly clock: LabClock;
  /** 0 ≤ random() < 1; used only for `jitter`. */
  readonly random: () => number;
  /** A number, or one drawn anew each time. */
  readonly promotionMs?: number | (() => number);
  readonly taskStartMs?: number | (() => number);
  readonly snapshotMs?: number | (() => number);
  readonly renameMs?: number | (() => number);
  readonly replicaMs?: number | (() => number);
  readonly deletionMs?: number | (() => number);
  /** Share of a duration added at random: 0.5 makes a promotion of 100 ms take 100–150 ms. */
  readonly jitter?: number;
}

/** Follows what becomes of the data of databases, for a model that knows what is in them. */
export interface DataFollower {
  copied(to: DatabaseRef, from: DatabaseRef): void;
  renamed(ref: DatabaseRef, newInstance: string): void;
  removed(ref: DatabaseRef): void;
  promoted(ref: DatabaseRef): void;
}

interface Tasks {
  running: number;
  wanted: number;
}

const durations = { promotionMs: 5, taskStartMs: 2, snapshotMs: 5, renameMs: 5, replicaMs: 10, deletionMs: 5 };

/** Databases, tasks and probe targets as plain state: no process, no port. */
export class ModelledSubstrate implements Substrate {
  /** Every database that became a writer, oldest first. */
  readonly promotions: { readonly ref: DatabaseRef; readonly at: number }[] = [];
  /** Every snapshot that was taken, oldest first. */
  readonly snapshots: { readonly ref: DatabaseRef; readonly snapshot: string; readonly at: number }[] = [];
  follower: DataFollower | undefined;
  /** Replicas under way that were deleted meanwhile. */
  readonly #abandoned = new Set<string>();
  readonly #options: Required<ModelledSubstrateOptions>;
  readonly #databases = new Map<string, DatabaseRole>();
  readonly #tasks = new Map<string, Tasks>();
  readonly #targets = new Map<string, boolean>();

  constructor(options: ModelledSubstrateOptions) {
    this.#options = { ...durations, jitter: 0, ...options };
  }

  seedDatabase(ref: DatabaseRef, role: DatabaseRole): void {
    this.#databases.set(databaseKey(ref), role);
  }

  databaseRole(ref: DatabaseRef): DatabaseRole | undefined {
    return this.#databases.get(databaseKey(ref));
  }

  /** A target that was never set does not answer. */
  setTarget(host: string, port: number, answers: boolean): void {
    this.#targets.set(`${host}:${port}`, answers);
  }

  async promoteDatabase(ref: DatabaseRef): Promise<void> {
    await this.#take(this.#options.promotionMs);
    this.#require(ref, ['standby', 'writer']);
    this.#databases.set(databaseKey(ref), 'writer');
    this.promotions.push({ ref, at: this.#options.clock.nowMs() });
    this.follower?.promoted(ref);
  }

  async stopDatabase(ref: DatabaseRef): Promise<void> {
    this.#databases.set(databaseKey(ref), 'stopped');
  }

  /** Only a writer can have been stopped. */
  async startDatabase(ref: DatabaseRef): Promise<void> {
    this.#databases.set(databaseKey(ref), 'writer');
  }

  async snapshotDatabase(ref: DatabaseRef, snapshot: string): Promise<void> {
    await this.#take(this.#options.snapshotMs);
    this.#require(ref, ['writer', 'standby']);
    this.snapshots.push({ ref, snapshot, at: this.#options.clock.nowMs() });
  }

  async renameDatabase(ref: DatabaseRef, newInstance: string): Promise<void> {
    await this.#take(this.#options.renameMs);
    const role = this.#require(ref, ['writer', 'standby', 'stopped']);
    this.#databases.delete(databaseKey(ref));
    this.#databases.set(databaseKey({ ...ref, instance: newInstance }), role);
    this.follower?.renamed(ref, newInstance);
  }

  async createReplica(ref: DatabaseRef, of: DatabaseRef): Promise<void> {
    const key = databaseKey(ref);
    this.#abandoned.delete(key);
    await this.#take(this.#options.replicaMs);
    if (this.#abandoned.delete(key)) throw new Error(`${ref.instance} was deleted meanwhile`);
    this.#require(of, ['writer']);
    if (this.#databases.has(key)) throw new Error(`${ref.instance} is there already`);
    this.#databases.set(key, 'standby');
    this.follower?.copied(ref, of);
  }

  async deleteDatabase(ref: DatabaseRef): Promise<void> {
    if (!this.#databases.delete(databaseKey(ref))) this.#abandoned.add(databaseKey(ref));
    this.follower?.removed(ref);
    await this.#take(this.#options.deletionMs);
  }

  async setTaskCount(ref: ServiceRef, count: number): Promise<void> {
    const tasks = this.#tasksOf(ref);
    tasks.wanted = count;
    await this.#take(this.#options.taskStartMs);
    tasks.running = tasks.wanted;
  }

  runningTasks(ref: ServiceRef): number {
    return this.#tasksOf(ref).running;
  }

  async probe(target: ProbeTarget): Promise<boolean> {
    return this.#targets.get(`${target.host}:${target.port}`) ?? false;
  }

  #require(ref: DatabaseRef, roles: readonly DatabaseRole[]): DatabaseRole {
    const role = this.#databases.get(databaseKey(ref));
    if (role === undefined || !roles.includes(role)) throw new Error(`${ref.instance} is ${role ?? 'not there'}`);
    return role;
  }

  #tasksOf(ref: ServiceRef): Tasks {
    const key = `${ref.region}/${ref.cluster}/${ref.service}`;
    const tasks = this.#tasks.get(key) ?? { running: 0, wanted: 0 };
    this.#tasks.set(key, tasks);
    return tasks;
  }

  #take(duration: number | (() => number)): Promise<void> {
    const ms = typeof duration === 'number' ? duration : duration();
    return this.#options.clock.sleep(ms * (1 + this.#options.jitter * this.#options.random()));
  }
}

const databaseKey = (ref: DatabaseRef): string => `${ref.region}/${ref.instance}`;
