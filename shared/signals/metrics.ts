import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { metricNamespace } from '../domain/metric.ts';
import type { Place } from '../domain/run.ts';

/**
 * What `probe` publishes in its own Region, about each place (dimensions Application and Place), once per probe.
 *
 * - `ProbeFailed`: 1 when the probe failed, 0 when it was answered. The plan's probe alarms watch it.
 * - `ProbeUnanswered`: 1 when the application gave no answer at all, 0 when it answered, be it with an error.
 * - `SelfCheckFailed`: 1 when none of the plan's `selfCheck` URLs answered (dimension Application only).
 * - `HeartbeatAgeSeconds`: how old the newest write is that the place's database has, when its answer tells. The plan's
 *   replication alarms watch that of the standby.
 * - `WritesPerSecond`: how many writes were replicated in a second of late, when the answer tells.
 */
export const metrics = {
  namespace: metricNamespace,
  probeFailed: 'ProbeFailed',
  probeUnanswered: 'ProbeUnanswered',
  selfCheckFailed: 'SelfCheckFailed',
  heartbeatAge: 'HeartbeatAgeSeconds',
  writesPerSecond: 'WritesPerSecond',
} as const;

export const dimensionsOf = (application: string, place?: Place): Dimension[] => [
  { Name: 'Application', Value: application },
  ...(place === undefined ? [] : [{ Name: 'Place', Value: place }]),
];
