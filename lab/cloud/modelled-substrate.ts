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
  /** Share of a duration added at random: 0.5 makes a promotion of 100 ms take 100–150 ms. */
  readonly jitter?: number;
}

interface Tasks {
  running: number;
  wanted: number;
}

/** Databases, tasks and probe targets as plain state: no process, no port. */
export class ModelledSubstrate implements Substrate {
  /** Every database that became a writer, oldest first. */
  readonly promotions: { readonly ref: DatabaseRef; readonly at: number }[] = [];
  readonly #options: Required<ModelledSubstrateOptions>;
  readonly #databases = new Map<string, DatabaseRole>();
  readonly #tasks = new Map<string, Tasks>();
  readonly #targets = new Map<string, boolean>();

  constructor(options: ModelledSubstrateOptions) {
    this.#options = { promotionMs: 5, taskStartMs: 2, jitter: 0, ...options };
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
    const role = this.#databases.get(databaseKey(ref));
    if (role !== 'standby' && role !== 'writer') throw new Error(`${ref.instance} is ${role ?? 'not there'}`);
    this.#databases.set(databaseKey(ref), 'writer');
    this.promotions.push({ ref, at: this.#options.clock.nowMs() });
  }

  async stopDatabase(ref: DatabaseRef): Promise<void> {
    this.#databases.set(databaseKey(ref), 'stopped');
  }

  /** Only a writer can have been stopped. */
  async startDatabase(ref: DatabaseRef): Promise<void> {
    this.#databases.set(databaseKey(ref), 'writer');
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
