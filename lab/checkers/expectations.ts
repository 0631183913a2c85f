import type { Instant } from '../../shared/domain/run.ts';
import type { Check } from '../../shared/report/game-day-report.ts';
import type { ScenarioEvidence } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

/** Something that was seen in the evidence, at its earliest, and how. */
export interface Sighting {
  readonly at: Instant;
  readonly why: string;
}

/** Looks for one thing in the evidence, from `lostAt` on. `E` is how much of it is needed. */
export type Sight<E = ScenarioEvidence> = (evidence: E) => Sighting | undefined;

/** One thing that a scenario demands, or forbids. */
export interface Expectation {
  readonly id: 'must' | 'never';
  /** What must be seen, or must not, as a clause: "a database is promoted". */
  readonly title: string;
  judge(evidence: ScenarioEvidence): Finding;
}

export interface Deadline {
  readonly withinSeconds: number;
  /** From when on it is looked for, and the time counts; default: from the fault. */
  readonly after?: Sight;
}

/** It must be seen, and in time. */
export const must = (title: string, sight: Sight, { after, withinSeconds }: Deadline): Expectation => ({
  id: 'must',
  title,
  judge(evidence) {
    const from = after === undefined ? { at: evidence.lostAt, why: 'the fault' } : after(evidence);
    if (from === undefined) return failed('what it was to follow was not seen');
    const seen = sight({ ...evidence, lostAt: from.at });
    if (seen === undefined) return failed(`not seen in the ${seconds(evidence.endedAt - from.at)} that were watched`);
    const told = `${seconds(seen.at - from.at)} after ${from.why}, allowed ${withinSeconds} s: ${seen.why}`;
    return seen.at - from.at <= withinSeconds * 1000 ? passed(told) : failed(told);
  },
});

/** It must not be seen, and for so long at least somebody must have watched. */
export const never = (title: string, sight: Sight, { forSeconds }: { readonly forSeconds: number }): Expectation => ({
  id: 'never',
  title,
  judge(evidence) {
    const seen = sight(evidence);
    if (seen !== undefined) return failed(`${seconds(seen.at - evidence.lostAt)} after the fault: ${seen.why}`);
    const watchedMs = evidence.endedAt - evidence.lostAt;
    const told = `not seen in ${seconds(watchedMs)}`;
    return watchedMs >= forSeconds * 1000 ? passed(told) : unknown(`${told}, of ${forSeconds} s to be watched`);
  },
});

/** What every scenario forbids: times that count from the fault would tell of something else. */
const failsOverInTheCalm: Expectation = {
  id: 'never',
  title: 'a run is opened before the fault',
  judge({ lostAt, runs }) {
    const early = runs.find(({ openedAt }) => openedAt < lostAt);
    if (early === undefined) return passed('none was');
    return failed(`${seconds(lostAt - early.openedAt)} before the fault: ${early.reason}`);
  },
};

export const judgeExpectations = (expectations: readonly Expectation[], evidence: ScenarioEvidence): readonly Check[] =>
  [failsOverInTheCalm, ...expectations].map(({ id, judge, title }) => ({ id, title, ...judge(evidence) }));

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;
