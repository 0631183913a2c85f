import type { Query } from './database.ts';

/** How far a standby is behind, in seconds; undefined where nobody can tell (a primary, or nothing replayed yet). */
export interface ReplicationLag {
  readonly lagSeconds: number | undefined;
}

/**
 * A live stream has been heard within this time. A standby that hears nothing asks for a sign of life after half its
 * wal_receiver_timeout (3 s), so a longer silence means that nobody answers.
 */
const SILENCE_SECONDS_MAX = 4;

interface StandbyFacts {
  readonly standby: boolean;
  readonly streaming: boolean;
  readonly caught_up: boolean;
  readonly replay_age_seconds: number | null;
}

/**
 * Zero when all that was received is replayed and the stream lives; else the age of the last transaction replayed. RDS
 * computes ReplicaLag for PostgreSQL the same way. Mind what it cannot see: bytes still on the wire count as no lag.
 */
export async function readReplicationLag(query: Query): Promise<ReplicationLag> {
  const [facts] = await query<StandbyFacts & Record<string, unknown>>(
    `SELECT pg_is_in_recovery() AS standby,
            EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'
                     AND clock_timestamp() - last_msg_receipt_time < make_interval(secs => $1)) AS streaming,
            pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn() AS caught_up,
            extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS replay_age_seconds`,
    [SILENCE_SECONDS_MAX],
  );
  return { lagSeconds: facts === undefined ? undefined : lagOf(facts) };
}

function lagOf(facts: StandbyFacts): number | undefined {
  if (!facts.standby) return undefined;
  if (facts.streaming && facts.caught_up) return 0;
  return facts.replay_age_seconds === null ? undefined : Math.max(0, facts.replay_age_seconds);
}
