import { effectsOf, pointedPlace } from '../checkers/facts.ts';
import type { DayHistory } from '../history.ts';
import type { Expectation } from './scenario.ts';

const promotions = (history: DayHistory) =>
  effectsOf(history).filter(({ call }) => call.command === 'PromoteReadReplica');
const moves = (history: DayHistory) => effectsOf(history).filter(({ call }) => pointedPlace(call) === 'recovery');
const recovered = ({ runs }: DayHistory) => runs.filter(({ execution }) => execution?.status === 'SUCCEEDED');

/** The name leads to the recovery Region at last, and a run says that it has recovered. */
export const isRecovered: Expectation = {
  title: 'the application is recovered',
  expect: (history) => {
    if (recovered(history).length === 0) return 'no run has succeeded';
    return moves(history).length > 0 ? undefined : 'traffic was never moved';
  },
};

export const nothingOpened: Expectation = {
  title: 'no run is opened',
  expect: ({ runs }) => (runs.length === 0 ? undefined : `${runs.map(({ run }) => run.id).join(', ')} were opened`),
};

export const oneRunOpened: Expectation = {
  title: 'exactly one run is opened',
  expect: ({ runs }) => (runs.length === 1 ? undefined : `${runs.length} runs were opened`),
};

/** As long as the trouble lasts: healed, a person may start a new run. */
export const nothingPromotedMeanwhile: Expectation = {
  title: 'nothing is promoted while the trouble lasts',
  expect: (history) => {
    const early = promotions(history).find(({ appliedAt }) => appliedAt < history.healedAt);
    return early === undefined ? undefined : `${early.call.runId} promoted`;
  },
};

export const noTrafficMovedMeanwhile: Expectation = {
  title: 'traffic is not moved while the trouble lasts',
  expect: (history) => {
    const early = moves(history).find(({ appliedAt }) => appliedAt < history.healedAt);
    return early === undefined ? undefined : `${early.call.runId} moved it`;
  },
};

export const isPromoted: Expectation = {
  title: 'the standby is promoted',
  expect: (history) => (promotions(history).length > 0 ? undefined : 'it was not'),
};

export const recoveryTakesOrders: Expectation = {
  title: 'the recovery Region takes orders',
  expect: ({ commits, plan }) =>
    commits.some(({ region }) => region === plan.regions.recovery) ? undefined : 'it took none',
};

/** A step of some run was refused for this reason. */
export const isRefusedFor = (refusal: string): Expectation => ({
  title: `a run is refused: ${refusal}`,
  expect: ({ runs }) =>
    runs.some(({ entries }) => entries.some((entry) => entry.refusal === refusal)) ? undefined : 'none was',
});

export const isTakenOver: Expectation = {
  title: 'a run is taken over',
  expect: ({ runs }) => (runs.some(({ run }) => run.takesOver !== undefined) ? undefined : 'none was'),
};

export const dryRunsEnded: Expectation = {
  title: 'every dry run comes to an end',
  expect: ({ executions }) => {
    const dry = executions.filter(({ isDryRun }) => isDryRun);
    if (dry.length === 0) return 'there was none';
    return dry.some(({ status }) => status === 'RUNNING') ? 'one still runs' : undefined;
  },
};
