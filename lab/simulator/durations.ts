import type { Settings } from '../cloud/settings.ts';
import type { Chance } from './random.ts';

/** How long something takes: mostly between `usual`, and once in ten times up to `worst`; ms. */
interface Duration {
  readonly usual: readonly [number, number];
  readonly worst: number;
  readonly source: string;
}

/**
 * Assumptions of the model, each with where it comes from; docs/simulator.md lists them. None was measured on AWS by us.
 * Shorter than AWS where a day would only get longer, never in their order to each other.
 */
export const durations = {
  promotion: {
    usual: [20_000, 90_000],
    worst: 300_000,
    source:
      'Amazon RDS User Guide, "Promoting a read replica": "can take several minutes or longer"; includes a reboot',
  },
  taskStart: {
    usual: [5_000, 30_000],
    worst: 90_000,
    source: 'assumption: a container of 100 MB on Fargate; Amazon ECS documents no figure',
  },
  replicationLag: {
    usual: [50, 900],
    worst: 2_500,
    source: 'assumption: asynchronous replication between two European Regions under light load',
  },
} as const satisfies Record<string, Duration>;

export function draw({ usual: [low, high], worst }: Duration, chance: Chance): number {
  return Math.round(chance.isHit(0.1) ? chance.between(high, worst) : chance.between(low, high));
}

/** What the simulated cloud takes its time for, and how its events go astray; see lab/cloud/settings.ts. */
export function settingsOf(chance: Chance): Settings {
  return {
    latencyMs: Math.round(chance.between(2, 20)),
    interRegionLatencyMs: Math.round(chance.between(15, 120)),
    // "Changes generally propagate to all Route 53 name servers within 60 seconds." – API reference, GetChange
    propagationMs: Math.round(chance.between(1_000, 60_000)),
    alarmTimeScale: 1,
    healthCheckTimeScale: 1,
    // Assumption: a mapping is switched within seconds. Not drawn, so that the histories of older seeds stay as they are.
    mappingSwitchMs: 10_000,
    // EventBridge: "at least once"; no order is promised. – Amazon EventBridge User Guide, event delivery
    eventDeliveryMs: Math.round(chance.between(200, 2_000)),
    eventJitterMs: chance.isHit(0.3) ? Math.round(chance.between(1_000, 60_000)) : 0,
    eventDuplicateProbability: chance.isHit(0.3) ? 0.5 : 0,
    // "Lambda retries asynchronous invocations twice: after a minute and after two" – AWS Lambda Developer Guide
    eventRetries: 2,
    eventRetryMs: 60_000,
  };
}
