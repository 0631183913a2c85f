/** How fast, and how badly, the simulated cloud behaves. Every duration is in milliseconds of the injected clock. */
export interface Settings {
  /** One API call inside a Region. 0 is allowed and sleeps not at all. */
  readonly latencyMs: number;
  /** One API call from another Region, and a quorum round trip of a strongly consistent table. */
  readonly interRegionLatencyMs: number;
  /** Route 53: PENDING → INSYNC. Name servers answer with the change at a random moment before that. */
  readonly propagationMs: number;
  /** CloudWatch, alarm evaluation only: 0.01 makes a Period of 10 s last 100 ms. Metric queries are not scaled. */
  readonly alarmTimeScale: number;
  /** Route 53 health checks: 0.01 makes a RequestInterval of 10 s last 100 ms. */
  readonly healthCheckTimeScale: number;
  /** Lambda: how long an event source mapping is Enabling, Disabling or Updating. */
  readonly mappingSwitchMs: number;
  /** EventBridge: from the event to the invocation of its target. */
  readonly eventDeliveryMs: number;
  /** Added at random (0 to this) to each delivery, so that events may arrive late and out of order. */
  readonly eventJitterMs: number;
  /** Probability that a delivery happens twice: EventBridge promises "at least once". */
  readonly eventDuplicateProbability: number;
  /** How often a failed delivery or asynchronous invocation is repeated (Lambda: 2), and how long it waits first. */
  readonly eventRetries: number;
  readonly eventRetryMs: number;
}

export const defaultSettings: Settings = {
  latencyMs: 1,
  interRegionLatencyMs: 10,
  propagationMs: 40,
  alarmTimeScale: 1,
  healthCheckTimeScale: 1,
  mappingSwitchMs: 20,
  eventDeliveryMs: 2,
  eventJitterMs: 0,
  eventDuplicateProbability: 0,
  eventRetries: 2,
  eventRetryMs: 50,
};
