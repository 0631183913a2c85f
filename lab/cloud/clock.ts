/**
 * The only time the simulated cloud knows. The game day gives real time, the simulator virtual time; nothing under
 * lab/cloud reads `Date` or starts a timer by itself.
 */
export interface LabClock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after `ms` of this clock's time, or early when the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
