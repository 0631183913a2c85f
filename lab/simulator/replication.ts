import type { Plan } from '../../shared/domain/plan.ts';
import { type Instant, type Place, places } from '../../shared/domain/run.ts';
import type { ModelledSubstrate } from '../cloud/modelled-substrate.ts';
import type { World } from '../cloud/world.ts';
import { instances } from '../gameday/data.ts';
import type { Commit } from './shop.ts';

export interface ReplicationOptions {
  readonly world: World;
  readonly plan: Plan;
  readonly substrate: ModelledSubstrate;
  /** How long the next commit needs to arrive. */
  readonly lagMs: () => number;
}

/** The asynchronous stream from the writer to the standby of the other Region. */
export interface Replication {
  take(commit: Commit): void;
  has(region: string, commit: Commit): boolean;
  /** Somebody stopped it: RDS then reports a lag of −1. */
  isStopped: boolean;
  /** Added to every commit's time to arrive; ms. */
  extraLagMs: number;
  /** When the newest commit that has arrived at the standby was made; undefined: none has. */
  newestArrivedAt(): Instant | undefined;
  /** As the ReplicaLag metric would tell it now; s. */
  lagSeconds(): number;
}

/**
 * A commit arrives after the lag, if both Regions are up and the link between them is open at that moment; else it waits
 * with all that comes after it. What has not arrived when the standby is promoted is lost.
 */
export function replication({ lagMs, plan, substrate, world }: ReplicationOptions): Replication {
  const { clock } = world.host;
  const arrived = new Set<string>();
  let newestAt: Instant | undefined;
  const waiting: { readonly commit: Commit; readonly dueAt: Instant }[] = [];
  const role = (place: Place) => substrate.databaseRole({ region: plan.regions[place], instance: instances[place] });
  const other = (region: string): Place => (plan.regions.primary === region ? 'recovery' : 'primary');

  /** What is due has arrived, in its order, if the way is open now; asked at each look, so no timer is needed. */
  const advance = (): void => {
    for (let next = waiting[0]; next !== undefined && next.dueAt <= clock.nowMs(); next = waiting[0]) {
      const to = other(next.commit.region);
      const isOpen = world.isReachable(next.commit.region, plan.regions[to]) && role(to) === 'standby';
      if (!isOpen || stream.isStopped) return;
      arrived.add(next.commit.id);
      newestAt = next.commit.at;
      waiting.shift();
    }
  };
  const stream: Replication = {
    isStopped: false,
    extraLagMs: 0,
    take: (commit) => {
      waiting.push({ commit, dueAt: commit.at + lagMs() + stream.extraLagMs });
    },
    has: (region, commit) => {
      advance();
      return commit.region === region || arrived.has(commit.id);
    },
    newestArrivedAt: () => {
      advance();
      return newestAt;
    },
    lagSeconds: () => {
      advance();
      if (stream.isStopped || !places.some((place) => role(place) === 'standby')) return -1;
      const oldest = waiting[0];
      const behindMs = oldest === undefined ? 0 : clock.nowMs() - oldest.commit.at;
      return Math.max(behindMs, stream.extraLagMs, 50) / 1000;
    },
  };
  return stream;
}
