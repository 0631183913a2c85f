import type { Outside } from '../aws/outside.ts';
import type { Detection, Plan } from '../domain/plan.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { type Instant, type Place, places } from '../domain/run.ts';
import { type Outbox, openOutbox } from './outbox.ts';
import { probeData, selfCheckData } from './probe-data.ts';

/** Good news may be late by so many probes. */
const quietProbes = 10;

export interface ProbeDeps {
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
}

/**
 * Asks the application in both places for a sign of life, again and again, and whether anything else can be reached, and
 * publishes what it saw in its own Region (metrics.ts). It loops because a schedule cannot run more often than once a
 * minute. Bad news is published at once.
 * @returns how many probes were sent
 */
export async function probe(
  plan: Plan,
  durationSeconds: number,
  deps: ProbeDeps,
): Promise<{ readonly probes: number }> {
  const until = deps.clock.now() + durationSeconds * 1000;
  const checksItself = plan.detection.selfCheck.length > 0;
  const loops = places.length + (checksItself ? 1 : 0);
  const outbox = openOutbox({ ...deps, quietReports: loops * quietProbes });
  const [, ...counts] = await Promise.all([
    checksItself ? again(plan, { until, deps }, () => checkSelf(plan, outbox, deps)) : 0,
    ...places.map((place) => again(plan, { until, deps }, () => probeOnce(plan, place, { ...deps, outbox }))),
  ]);
  await outbox.send();
  return { probes: counts.reduce((sum, count) => sum + count, 0) };
}

/** On a beat; one that takes longer than the beat is followed at once by the next. @returns how often */
async function again(
  { detection }: Plan,
  { deps: { clock }, until }: { readonly until: Instant; readonly deps: ProbeDeps },
  once: () => Promise<void>,
): Promise<number> {
  const beatMs = detection.probes.everySeconds * 1000;
  let times = 0;
  for (let due = clock.now(); due < until; due = Math.max(due + beatMs, clock.now())) {
    await clock.sleep(due - clock.now());
    await once();
    times += 1;
  }
  return times;
}

async function probeOnce(
  { application, detection }: Plan,
  place: Place,
  { clock, outbox, outside }: ProbeDeps & { readonly outbox: Outbox },
): Promise<void> {
  const { timeoutSeconds, [place]: url } = detection.probes;
  const answer = await outside.http({ method: 'GET', url, timeoutMs: timeoutSeconds * 1000 });
  const { data, failed, heartbeatAgeSeconds = 0 } = probeData({ application, place, answer, at: clock.now() });
  await outbox.report(data, failed || heartbeatAgeSeconds > lateHeartbeatSeconds(detection, place));
}

/** A heartbeat is bad news before its alarm is due, or the alarm would wait for the next batch of good news. */
function lateHeartbeatSeconds({ signals }: Detection, standby: Place): number {
  const watching = signals.filter(({ kind, watches }) => kind === 'replication' && watches !== standby);
  return Math.min(...watching.map(({ windowSeconds }) => windowSeconds)) / 2;
}

async function checkSelf(
  { application, detection }: Plan,
  outbox: Outbox,
  { clock, outside }: ProbeDeps,
): Promise<void> {
  const timeoutMs = detection.probes.timeoutSeconds * 1000;
  const answers = await Promise.all(detection.selfCheck.map((url) => outside.http({ method: 'GET', url, timeoutMs })));
  // An error is an answer: whoever gave it was reached.
  const failed = answers.every(({ answered }) => !answered);
  await outbox.report([selfCheckData(application, failed, clock.now())], failed);
}
