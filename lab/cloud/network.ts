/** Which Regions are up and who can reach whom. */
export class Network {
  readonly #lost = new Set<string>();
  readonly #cut = new Set<string>();
  readonly #lives = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  lose(region: string): void {
    if (this.#lost.has(region)) return;
    this.#lost.add(region);
    this.#lives.set(region, this.life(region) + 1);
  }

  restore(region: string): void {
    this.#lost.delete(region);
    const waiting = this.#waiting.get(region) ?? [];
    this.#waiting.delete(region);
    for (const resume of waiting) resume();
  }

  /** Calls from one Region to the other go unanswered; the other direction is untouched. */
  cut(fromRegion: string, toRegion: string): void {
    this.#cut.add(link(fromRegion, toRegion));
  }

  heal(fromRegion: string, toRegion: string): void {
    this.#cut.delete(link(fromRegion, toRegion));
  }

  isCut(fromRegion: string, toRegion: string): boolean {
    return this.#cut.has(link(fromRegion, toRegion));
  }

  isLost(region: string): boolean {
    return this.#lost.has(region);
  }

  isReachable(fromRegion: string, toRegion: string): boolean {
    return !this.isLost(fromRegion) && !this.isLost(toRegion) && !this.isCut(fromRegion, toRegion);
  }

  life(region: string): number {
    return this.#lives.get(region) ?? 0;
  }

  up(region: string): Promise<void> {
    if (!this.isLost(region)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(region, [...(this.#waiting.get(region) ?? []), resolve]);
    });
  }
}

const link = (fromRegion: string, toRegion: string): string => `${fromRegion}>${toRegion}`;
