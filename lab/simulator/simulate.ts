import type { Check } from '../../shared/report/game-day-report.ts';
import { judgeDay } from './checkers/judge.ts';
import type { DayHistory } from './history.ts';
import { liveDay } from './live-day.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface DayWanted {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Only these happenings and call faults, by id. Default: all. */
  readonly only?: readonly string[] | undefined;
}

export interface Judged {
  readonly history: DayHistory;
  readonly checks: readonly Check[];
}

/** Lives one day and judges it: by the invariants, and by what its scenario expects besides. */
export async function simulate({ only, scenario, seed }: DayWanted): Promise<Judged> {
  const set = only === undefined ? undefined : new Set(only);
  const history = await liveDay({ seed, weather: scenario.weather, planOf: scenario.plan, only: set });
  const expected = (scenario.expectations ?? []).map(({ expect, title }): Check => {
    const why = expect(history);
    return { id: scenario.name, title, verdict: why === undefined ? 'passed' : 'failed', why: why ?? 'as expected' };
  });
  return { history, checks: [...judgeDay(history), ...expected] };
}

/** What a worker tells of a day: enough to count it, and to replay it when it failed. */
export interface DayResult {
  readonly seed: number;
  readonly failed: readonly Pick<Check, 'id' | 'title' | 'why'>[];
  /** Checkers that could not decide. */
  readonly unknown: readonly string[];
  readonly runs: number;
  readonly recovered: number;
  readonly virtualSeconds: number;
  readonly calls: number;
  readonly faults: number;
}

export async function resultOf(wanted: DayWanted): Promise<DayResult> {
  const { checks, history } = await simulate(wanted);
  return {
    seed: wanted.seed,
    failed: checks.filter(({ verdict }) => verdict === 'failed').map(({ id, title, why }) => ({ id, title, why })),
    unknown: checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id),
    runs: history.runs.length,
    recovered: history.runs.filter(({ execution }) => execution?.status === 'SUCCEEDED').length,
    virtualSeconds: (history.endedAt - history.startedAt) / 1000,
    calls: history.calls.length,
    faults: history.struck.length + history.happened.length,
  };
}
