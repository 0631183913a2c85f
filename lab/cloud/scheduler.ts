import { type Host, rest } from './host.ts';
import type { Lambda } from './lambda.ts';

export interface Schedule {
  readonly region: string;
  readonly functionName: string;
  readonly everyMs: number;
  readonly input: unknown;
}

/** Runs functions again and again, without overlap, while their Region is up. A failed turn does not end a schedule. */
export class Scheduler {
  readonly #host: Host;
  readonly #lambda: Lambda;

  constructor(host: Host, lambda: Lambda) {
    this.#host = host;
    this.#lambda = lambda;
  }

  /** @returns a function that ends the schedule after the turn that is running */
  schedule(schedule: Schedule): () => void {
    const ended = new AbortController();
    this.#host.background(() => this.#loop(schedule, ended.signal));
    return () => ended.abort();
  }

  async #loop(schedule: Schedule, ended: AbortSignal): Promise<void> {
    const { region, functionName, input: payload } = schedule;
    while (!ended.aborted && !this.#host.stopping.aborted) {
      await this.#host.up(region);
      const startedAt = this.#host.clock.nowMs();
      await this.#lambda.invoke({ region, functionName, payload }).catch(() => undefined);
      await rest(this.#host, schedule.everyMs - (this.#host.clock.nowMs() - startedAt));
    }
  }
}
