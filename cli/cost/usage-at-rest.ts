import { type Observer, type Plan, pausesWhenQuiet } from '../../shared/domain/plan.ts';
import { places } from '../../shared/domain/run.ts';
import { looksPerSilence } from '../../shared/domain/watchdog.ts';
import type { Usage } from './bill.ts';
import { deadLetterAlarms, evaluateEveryMinutes, gbOf } from './deployment.ts';
import { minutes, requestsOf, type Scheduled, scheduled, whole } from './scheduled.ts';
import { signalUsage } from './usage-of-signals.ts';

const seconds = minutes * 60;
const observers: readonly Observer[] = [...places, 'witness'];
/** What the two places that hold data have, and the witness has not. */
const holders = places.length;
/** A guess, and what the bill depends on: two answers over TLS, or two of the table. Not measured on AWS. */
const turnSeconds = 0.3;

/** A month in which nothing happens. */
export function usageAtRest(plan: Plan): readonly Usage[] {
  const functions = [probing(plan), ...guarding(plan), watching(plan), evaluating()];
  return [
    ...functions.flatMap(({ usage }) => usage),
    ...publishing(plan),
    ...renewing(plan),
    ...recording(plan),
    ...signalUsage(plan),
    {
      part: 'dead letters: alarms',
      price: 'alarm',
      quantity: deadLetterAlarms,
      arithmetic: 'one in each of the three Regions',
    },
    logs(functions),
    keys(functions),
  ];
}

/** Turns so far apart within the minute of one start; the function sleeps in between. */
const billedSeconds = (everySeconds: number): number =>
  (Math.ceil(60 / Math.min(60, everySeconds)) - 1) * Math.min(60, everySeconds) + turnSeconds;

function probing(plan: Plan): Scheduled {
  const { quietEverySeconds } = plan.detection.probes;
  return scheduled('probe', {
    starts: observers.length * minutes,
    seconds: pausesWhenQuiet(plan) ? billedSeconds(quietEverySeconds) : 60,
    gb: gbOf.probe,
    usesTable: false,
  });
}

function guarding({ policy }: Plan): readonly Scheduled[] {
  if (policy.lease === undefined) return [];
  const { renewEverySeconds } = policy.lease;
  const asked = { starts: holders * minutes, seconds: billedSeconds(renewEverySeconds), gb: gbOf.guard };
  return [scheduled('guard', { ...asked, usesTable: true })];
}

function watching({ policy }: Plan): Scheduled {
  const pauseSeconds = policy.takeOverAfterSeconds / looksPerSilence;
  const everyMinutes = Math.max(1, Math.floor(pauseSeconds / 60));
  const asked = { starts: (holders * minutes) / everyMinutes, seconds: billedSeconds(pauseSeconds) };
  return scheduled('watchdog', { ...asked, gb: gbOf.watchdog, usesTable: true });
}

const evaluations = (holders * minutes) / evaluateEveryMinutes;

const evaluating = (): Scheduled =>
  scheduled('evaluate', { starts: evaluations, seconds: 3, gb: gbOf.evaluate, usesTable: true });

/** Observers that never pause send good news, too: a call for ten turns. */
function publishing(plan: Plan): readonly Usage[] {
  if (pausesWhenQuiet(plan)) return [];
  const turnsPerCall = 10;
  const calls = seconds / (plan.detection.probes.everySeconds * turnsPerCall);
  const arithmetic = `${observers.length} Regions × one call for ${turnsPerCall} turns`;
  return [{ part: 'probe: results', price: 'putMetricData', quantity: observers.length * calls, arithmetic }];
}

function renewing({ policy }: Plan): readonly Usage[] {
  if (policy.lease === undefined) return [];
  const everySeconds = Math.min(60, policy.lease.renewEverySeconds);
  const turns = seconds / everySeconds;
  return [
    {
      part: 'guard: renewals of the lease',
      price: 'tableWrite',
      quantity: turns * holders,
      arithmetic: `one each ${everySeconds} s × ${holders} replicas`,
    },
    {
      part: 'guard: looks at the lease and the lock',
      price: 'tableRead',
      quantity: turns * holders * 2,
      arithmetic: `${holders} Regions × one turn each ${everySeconds} s × 2 reads`,
    },
  ];
}

function recording({ resources }: Plan): readonly Usage[] {
  const databases = resources.filter(({ kind }) => kind === 'rds-read-replica').length;
  return [
    {
      part: 'evaluate: recorded facts',
      price: 'tableWrite',
      quantity: evaluations * resources.length * 2 * holders,
      arithmetic: `${whole(evaluations)} evaluations × ${resources.length} resources × 2 phases × ${holders} replicas`,
    },
    {
      part: 'evaluate: replication lag',
      price: 'getMetricData',
      quantity: evaluations * databases,
      arithmetic: `${whole(evaluations)} evaluations × ${databases} databases`,
    },
  ];
}

/** What Lambda writes about each start, and a line of ours. */
function logs(functions: readonly Scheduled[]): Usage {
  const bytes = 500;
  const starts = requestsOf(functions);
  const arithmetic = `${whole(starts)} starts × ${bytes} bytes`;
  return { part: 'logs', price: 'logsGb', quantity: (starts * bytes) / 1e9, arithmetic };
}

/**
 * DynamoDB asks for the table's key again after five minutes, for each caller. At most: it keeps a key that is in use.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
 */
function keys(functions: readonly Scheduled[]): Usage {
  const callers = functions.filter(({ usesTable }) => usesTable);
  const quantity = callers.reduce((sum, { starts }) => sum + Math.min(starts, (holders * minutes) / 5), 0);
  return { part: 'table: its key', price: 'keyRequest', quantity, arithmetic: 'each 5 min for each function at most' };
}
