/**
 * How every database of the lab is set, standbys too (they copy the primary's file). Sizes are small because two
 * databases share a laptop; everything that durability rests on is at its production value.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  // Stays on: the lab shows what is lost with a Region, and a commit that was never on disk would make that a fiction.
  fsync: 'on',
  max_connections: '60',
  shared_buffers: '32MB',
  wal_level: 'replica',
  hot_standby: 'on',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Files in the data directory go away with it; POSIX segments in /dev/shm would outlive a killed postmaster.
  dynamic_shared_memory_type: 'mmap',
  // The password is 128 random bits: stretching it would only cost every connection some milliseconds.
  scram_iterations: '1',
  wal_receiver_status_interval: '1s',
  // After half of this silence the standby asks its primary for a sign of life; `replicationLag` counts on that.
  wal_receiver_timeout: '6s',
};

export const SUPERUSER = 'postgres';
export const DEFAULT_DATABASE = 'postgres';

/** 1 MB segments instead of 16: the data directory halves, and a promotion takes a third of the time. */
export const WAL_SEGMENT_MB = 1;

/** Start of a database, first connection included. */
export const START_TIMEOUT_MS = 15_000;
/** Promotion takes 10 to 50 ms; whoever waits this long waits in vain. */
export const PROMOTION_TIMEOUT_MS = 10_000;
export const QUERY_TIMEOUT_MS = 10_000;
export const CONNECT_TIMEOUT_MS = 2_000;
