import { type Instant, isPlanned } from '../../../shared/domain/run.ts';
import { type Finding, failed, passed } from '../../checkers/finding.ts';
import type { DayHistory, RunStory } from '../history.ts';
import { endOf } from './effects.ts';
import { clock } from './facts.ts';

/** What was asked for is so by then: a mapping takes 10 s (durations.ts), and is looked at every 5 s (consumers.ts). */
const settlesMs = 20_000;

/**
 * F3. A run that has recovered leaves every event source on where it has led, and none on where it came from; one that has
 * protected leaves none on in the Region at rest. A failover cannot switch off what it cannot reach: that may wake, until the
 * next planned run.
 */
export function consumersFollow(history: DayHistory): Finding {
  const { plan, runs, switched } = history;
  if (switched.length === 0) return passed('the plan has no event sources');
  const skewMs = (plan.policy.lease?.skewSeconds ?? 0) * 1000;
  let checked = 0;
  for (const [index, story] of runs.entries()) {
    const end = endOf(story);
    if (end?.end !== 'recovered' && end?.end !== 'protected') continue;
    const at = end.at + skewMs + settlesMs;
    // Later, it is the next run that they follow; and the day may be over.
    if (at > history.endedAt || at > (runs[index + 1]?.run.openedAt ?? at)) continue;
    const wrong =
      end.end === 'recovered' ? misplaced(story, { at, history }) : awakeIn(story.run.to.region, { at, history });
    if (wrong !== undefined) return failed(`${wrong} at ${clock(at, history)}, after ${story.run.id}`);
    checked++;
  }
  return passed(`${checked} runs took them along`);
}

function misplaced(story: RunStory, moment: Moment): string | undefined {
  const { from, to } = story.run;
  const asleep = sourceThatIs(false, to.region, moment);
  if (asleep !== undefined) return `${asleep} hands out nothing in ${to.region}`;
  return wasReached(story, moment) ? awakeIn(from.region, moment) : undefined;
}

function awakeIn(region: string, moment: Moment): string | undefined {
  const awake = sourceThatIs(true, region, moment);
  return awake === undefined ? undefined : `${awake} hands out work in ${region}`;
}

interface Moment {
  readonly at: Instant;
  readonly history: DayHistory;
}

function sourceThatIs(isOn: boolean, region: string, { at, history }: Moment): string | undefined {
  const there = history.switched.filter((one) => one.region === region && one.at <= at);
  const resources = [...new Set(there.map(({ resource }) => resource))];
  return resources.find((one) => there.findLast(({ resource }) => resource === one)?.isOn === isOn);
}

/** Whether nothing kept the run from fencing the Region that it leaves. A planned run goes nowhere without. */
function wasReached({ run }: RunStory, { at, history }: Moment): boolean {
  if (isPlanned(run)) return true;
  const { calls, happened, plan, struck } = history;
  const place = `:${plan.regions.primary === run.from.region ? 'primary' : 'recovery'}`;
  const wasLost = happened.some(
    (one) => one.id.startsWith(`region-lost${place}`) && one.at <= at && (one.endedAt ?? at) >= run.openedAt,
  );
  const wasStruck = struck.some(({ id }) => id.includes('@isolate:'));
  const chain = withTakenOver(run.id, history);
  const wentWrong = calls.some(
    ({ caller, outcome, runId, service }) =>
      caller === 'isolate' && sources.has(service) && chain.includes(runId ?? '') && outcome !== 'answered',
  );
  return !wasLost && !wasStruck && !wentWrong;
}

const sources: ReadonlySet<string> = new Set(['Lambda', 'EventBridge', 'Scheduler']);

function withTakenOver(id: string, history: DayHistory): readonly string[] {
  const before = history.runs.find(({ run }) => run.id === id)?.run.takesOver;
  return before === undefined ? [id] : [id, ...withTakenOver(before, history)];
}
