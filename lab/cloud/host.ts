import type { LabClock } from './clock.ts';
import type { Settings } from './settings.ts';
import type { Substrate } from './substrate.ts';

/** What a simulated service may use of the World around it. */
export interface Host {
  readonly clock: LabClock;
  readonly random: () => number;
  readonly substrate: Substrate;
  readonly settings: Settings;
  readonly account: string;
  /** Aborted by `World.stop()`: loops end and their sleep is cut short. */
  readonly stopping: AbortSignal;
  isLost(region: string): boolean;
  /** May a call from one Region reach the other now? */
  isReachable(fromRegion: string, toRegion: string): boolean;
  /** Resolves at once while the Region is up, otherwise when it is restored: how a lost Region freezes. */
  up(region: string): Promise<void>;
  /** Rises each time the Region is lost: work that began in an earlier life has been abandoned. */
  life(region: string): number;
  /** Runs work nobody waits for. A rejection is a bug of the lab and is kept in `World.troubles`. */
  background(work: () => Promise<void>): void;
  /** A UUID-shaped identifier, counted and not random, so that a seed gives the same history. */
  newId(): string;
}

/** The operations of one service. The input is a copy that the history has as well: it may be kept, and must not be changed. */
export type Operation = (input: never, call: CallPlace) => unknown;

export interface CallPlace {
  /** The Region whose endpoint was called. */
  readonly region: string;
  readonly callerRegion: string;
}

export interface Service {
  readonly operations: Readonly<Record<string, Operation>>;
  /** What it answers with is never changed afterwards, so that nobody needs a copy. */
  readonly answersAreConstant?: true;
}

export const timestamp = (host: Host): Date => new Date(host.clock.nowMs());

/** Sleeps unless there is nothing to sleep: a latency of 0 costs no timer. */
export const pause = async (host: Pick<Host, 'clock'>, ms: number): Promise<void> => {
  if (ms > 0) await host.clock.sleep(ms);
};

/** A loop's rest between two turns; ends early when the World is stopped. */
export const rest = (host: Host, ms: number): Promise<void> => host.clock.sleep(Math.max(1, ms), host.stopping);

export const arn = (
  host: Pick<Host, 'account'>,
  region: string,
  [service, resource]: readonly [string, string],
): string => `arn:aws:${service}:${region}:${host.account}:${resource}`;
