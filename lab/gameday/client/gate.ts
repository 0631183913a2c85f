/** How many requests may go to one address: all that fit while it works, and a few probes at a time while it fails. */
export interface Gate {
  admits(now: number): boolean;
  sent(): void;
  ended(outcome: { readonly succeeded: boolean; readonly at: number }): void;
}

export interface GateLimits {
  readonly inFlightMax: number;
  /** After this many failures in a row only probes are sent, until one succeeds. */
  readonly failuresMax: number;
  readonly probesMax: number;
  /** Pause after a failed probe. */
  readonly restMs: number;
}

export function createGate({ inFlightMax, failuresMax, probesMax, restMs }: GateLimits): Gate {
  let inFlight = 0;
  let failures = 0;
  let restsUntil = 0;
  return {
    admits(now) {
      if (failures < failuresMax) return inFlight < inFlightMax;
      return inFlight < probesMax && now >= restsUntil;
    },
    sent() {
      inFlight += 1;
    },
    ended({ succeeded, at }) {
      inFlight -= 1;
      failures = succeeded ? 0 : failures + 1;
      restsUntil = at + restMs;
    },
  };
}
