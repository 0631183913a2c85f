import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { HttpAnswer } from '../aws/outside.ts';
import type { Instant, Place } from '../domain/run.ts';
import { dimensionsOf, metrics } from './metrics.ts';

/** What a health endpoint may tell in JSON besides its status. */
const Health = z.object({
  /** The newest write that the database behind it has replayed; ms since the epoch, by the writer's clock. */
  heartbeatAt: z.number().positive().optional(),
  /** The recent rate of the replicated writes. */
  writesPerSecond: z.number().min(0).optional(),
});

export interface Probed {
  readonly application: string;
  readonly place: Place;
  readonly answer: HttpAnswer;
  readonly at: Instant;
}

/** What one probe is worth in metrics, and whether it failed. */
export function probeData(probed: Probed): {
  readonly data: readonly MetricDatum[];
  readonly failed: boolean;
  /** As the answer tells; undefined when it does not. */
  readonly heartbeatAgeSeconds: number | undefined;
} {
  const { answer, application, at, place } = probed;
  const failed = !answer.answered || answer.status >= 400;
  const { heartbeatAt, writesPerSecond } = failed ? {} : healthOf(answer);
  // Two machines' clocks: a write cannot come from the future.
  const heartbeatAgeSeconds = heartbeatAt === undefined ? undefined : Math.max(0, at - heartbeatAt) / 1000;
  const values = {
    [metrics.probeFailed]: failed ? 1 : 0,
    [metrics.probeUnanswered]: isUnanswered(answer) ? 1 : 0,
    [metrics.heartbeatAge]: heartbeatAgeSeconds,
    [metrics.writesPerSecond]: writesPerSecond,
  };
  const dimensions = dimensionsOf(application, place);
  const data = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [datum(name, value, { dimensions, at })],
  );
  return { data, failed, heartbeatAgeSeconds };
}

/** Whether anything could be reached at all. */
export const selfCheckData = (application: string, failed: boolean, at: Instant): MetricDatum =>
  datum(metrics.selfCheckFailed, failed ? 1 : 0, { dimensions: dimensionsOf(application), at });

const datum = (
  name: string,
  value: number,
  { at, dimensions }: { readonly at: Instant; readonly dimensions: MetricDatum['Dimensions'] },
): MetricDatum => ({
  MetricName: name,
  Dimensions: dimensions,
  Timestamp: new Date(at),
  Value: value,
  StorageResolution: 1,
});

/** With these the gateway in front says that nobody behind it answers (RFC 9110, 15.6.3 to 15.6.5). */
const gatewayErrors: ReadonlySet<number> = new Set([502, 503, 504]);

const isUnanswered = (answer: HttpAnswer): boolean => !answer.answered || gatewayErrors.has(answer.status);

/** A body that is no JSON, or other JSON, tells nothing; that is no failure. */
function healthOf(answer: HttpAnswer): z.infer<typeof Health> {
  if (!answer.answered) return {};
  try {
    return Health.safeParse(JSON.parse(answer.body)).data ?? {};
  } catch {
    return {};
  }
}
