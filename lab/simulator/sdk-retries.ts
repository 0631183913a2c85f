import { isRepeatable } from '../../shared/aws/once.ts';
import type { LabClock } from '../cloud/clock.ts';
import type { Send } from '../modelled/short-stack.ts';

/** As functions/_lambda.ts configures its clients. */
const attemptsOfClients = 3;
const throttled = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|ProvisionedThroughput/;
const unanswered = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const transientStatuses = new Set([500, 502, 503, 504]);

/**
 * The standard retries of an SDK client, in modelled time: up to three attempts (one of an effect), full jitter, base 100 ms (500 ms when
 * throttled), at most 20 s. Its token bucket, which only ever ends retrying earlier, is not modelled.
 * "Retry behavior", AWS SDKs and Tools Reference Guide; @smithy/core, submodule retry.
 */
export function sdkRetries(clock: LabClock, random: () => number): Send {
  return async (attempt, { command, service }) => {
    const attemptsMax = isRepeatable(service, command) ? attemptsOfClients : 1;
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Error) || !isRetried(error) || attempts === attemptsMax)
          throw withAttempts(error, attempts);
        const baseMs = throttled.test(error.name) ? 500 : 100;
        await clock.sleep(Math.min(20_000, random() * 2 ** (attempts - 1) * baseMs));
      }
    }
  };
}

const metadataOf = (error: Error): { httpStatusCode?: number; attempts?: number } =>
  '$metadata' in error ? (error.$metadata as object) : {};

const isRetried = (error: Error): boolean =>
  throttled.test(error.name) ||
  unanswered.has(error.name) ||
  transientStatuses.has(metadataOf(error).httpStatusCode ?? 0);

/** shared/aws/errors.ts reads it: an earlier attempt may have taken effect. */
function withAttempts(error: unknown, attempts: number): unknown {
  if (error instanceof Error) Object.assign(error, { $metadata: { ...metadataOf(error), attempts } });
  return error;
}
