import type { Outside } from '../aws/outside.ts';
import { type Detection, type Plan, pausesWhenQuiet } from '../domain/plan.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { type Instant, type Place, places } from '../domain/run.ts';
import { type News, type Outbox, outboxOf } from './outbox.ts';
import { probeData, selfCheckData } from './probe-data.ts';

/** Where probes never pause, good news may be late by so many of them. */
const quietProbes = 10;

export interface ProbeDeps {
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Outside;
}

interface Watch {
  readonly plan: Plan;
  readonly deps: ProbeDeps;
  readonly outbox: Outbox;
}

/** One thing that is asked again and again. @returns whether it was bad news */
type Look = (publish: 'at once' | 'later') => Promise<boolean>;

/**
 * Asks the application in both places for a sign of life, and whether anything else can be reached. While all is well it
 * asks each `quietEverySeconds` and keeps what it saw. From the first trouble on it asks each `everySeconds` to the end of
 * its time, because a schedule cannot run more often than once a minute, and publishes in its own Region (metrics.ts) what
 * it sees and what it had kept. Bad news is published at once.
 * @returns how many probes were sent
 */
export async function probe(
  plan: Plan,
  durationSeconds: number,
  deps: ProbeDeps,
): Promise<{ readonly probes: number }> {
  const { clock, log, outside, region } = deps;
  const until = clock.now() + durationSeconds * 1000;
  const looksAtOnce = places.length + (plan.detection.selfCheck.length > 0 ? 1 : 0);
  const outbox = outboxOf({ log, outside, region, quietReports: looksAtOnce * quietProbes });
  const { looks, probes } = looksOf({ plan, deps, outbox });
  const from = pausesWhenQuiet(plan) ? await untilTrouble({ plan, looks, until, clock }) : clock.now();
  if (from === undefined) return { probes: probes() };
  await outbox.send();
  const everyMs = plan.detection.probes.everySeconds * 1000;
  await Promise.all(looks.map((look) => again(() => look('at once'), { from, everyMs, until, clock })));
  await outbox.send();
  return { probes: probes() };
}

function looksOf(watch: Watch): { readonly looks: readonly Look[]; readonly probes: () => number } {
  let probes = 0;
  const ofPlaces = places.map(
    (place): Look =>
      (publish) => {
        probes += 1;
        return probeOnce(place, publish, watch);
      },
  );
  const ofSelf: readonly Look[] = [(publish) => checkSelf(publish, watch)];
  const checksItself = watch.plan.detection.selfCheck.length > 0;
  return { looks: checksItself ? [...ofPlaces, ...ofSelf] : ofPlaces, probes: () => probes };
}

interface Quiet {
  readonly plan: Plan;
  /** Of the places, in their order, and then of itself. */
  readonly looks: readonly Look[];
  readonly until: Instant;
  readonly clock: Clock;
}

/** @returns when to look next, more closely; undefined when nothing happened */
async function untilTrouble({ clock, looks, plan, until }: Quiet): Promise<Instant | undefined> {
  const { everySeconds, quietEverySeconds } = plan.detection.probes;
  for (let due = clock.now(); due < until; due = Math.max(due + quietEverySeconds * 1000, clock.now())) {
    await clock.sleep(due - clock.now());
    const news = await Promise.all(looks.map((look) => look('later')));
    if (isTrouble(plan, news)) return Math.max(due + everySeconds * 1000, clock.now());
  }
  return undefined;
}

/** A cold standby never answers, so that one place without an answer is how a good day looks. */
function isTrouble({ detection: { standby } }: Plan, news: readonly boolean[]): boolean {
  return standby === 'cold' ? news.slice(0, places.length).every(Boolean) : news.some(Boolean);
}

interface Beat {
  readonly from: Instant;
  readonly everyMs: number;
  readonly until: Instant;
  readonly clock: Clock;
}

/** On a beat of its own; a look that takes longer than the beat is followed at once by the next. */
async function again(look: () => Promise<unknown>, { clock, everyMs, from, until }: Beat): Promise<void> {
  for (let due = from; due < until; due = Math.max(due + everyMs, clock.now())) {
    await clock.sleep(due - clock.now());
    await look();
  }
}

async function probeOnce(place: Place, publish: Parameters<Look>[0], { deps, outbox, plan }: Watch): Promise<boolean> {
  const { application, detection } = plan;
  const { timeoutSeconds, [place]: url } = detection.probes;
  const answer = await deps.outside.http({ method: 'GET', url, timeoutMs: timeoutSeconds * 1000 });
  const { data, failed, heartbeatAgeSeconds = 0 } = probeData({ application, place, answer, at: deps.clock.now() });
  const isBadNews = failed || heartbeatAgeSeconds > lateHeartbeatSeconds(detection, place);
  await outbox.report(data, newsFor(publish, isBadNews));
  return isBadNews;
}

const newsFor = (publish: Parameters<Look>[0], isBad: boolean): News => {
  if (publish === 'later') return 'keep';
  return isBad ? 'bad' : 'good';
};

/** A heartbeat is bad news before its alarm is due, or the alarm would wait for the next batch of good news. */
function lateHeartbeatSeconds({ signals }: Detection, standby: Place): number {
  const watching = signals.filter(({ kind, watches }) => kind === 'replication' && watches !== standby);
  return Math.min(...watching.map(({ windowSeconds }) => windowSeconds)) / 2;
}

async function checkSelf(publish: Parameters<Look>[0], { deps, outbox, plan }: Watch): Promise<boolean> {
  const { application, detection } = plan;
  const { clock, outside } = deps;
  const timeoutMs = detection.probes.timeoutSeconds * 1000;
  const answers = await Promise.all(detection.selfCheck.map((url) => outside.http({ method: 'GET', url, timeoutMs })));
  // An error is an answer: whoever gave it was reached.
  const failed = answers.every(({ answered }) => !answered);
  await outbox.report([selfCheckData(application, failed, clock.now())], newsFor(publish, failed));
  return failed;
}
