import type { Purpose } from '../../../shared/domain/run.ts';
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

const succeeded = ({ runs }: DayHistory, purpose: Purpose) =>
  runs.filter(({ execution, run }) => run.purpose === purpose && execution?.status === 'SUCCEEDED');

/** And is protected again. */
export const movedHome: Expectation = {
  title: 'the application is at home again, and protected',
  expect: (history) => {
    if (succeeded(history, 'failback').length === 0) return 'no failback has succeeded';
    return succeeded(history, 'reprotect').length > 0 ? undefined : 'it is not protected again';
  },
};

/** Users fail for a moment when an application is moved, and the Region that was left no longer hears of its writes. */
export const nothingFollows: Expectation = {
  title: 'no alarm takes the move for an incident',
  expect: ({ runs }) => {
    const planned = runs.findIndex(({ run }) => run.purpose === 'failback');
    const next = runs.slice(planned).find(({ run }) => run.trigger === 'alarm');
    return next === undefined ? undefined : `${next.run.id} was opened after it`;
  },
};

export const movedTimes = (times: number): Expectation => ({
  title: `a person has moved the application ${times} times`,
  expect: (history) => {
    const moves = [...succeeded(history, 'failback'), ...succeeded(history, 'switchover')].length;
    return moves === times ? undefined : `it was moved ${moves} times`;
  },
});

/** A planned run that stops leaves the application where it was, and writing. It need not stop when no write was under way. */
export const writesGoOn: Expectation = {
  title: 'the freeze was too long, and writes go on where they were; or nothing was missing',
  expect: (history) => {
    if (movedHome.expect(history) === undefined) return undefined;
    const { commits, plan, runs } = history;
    const stopped = runs.find(({ entries }) => entries.some(({ refusal }) => refusal === 'freeze-too-long'));
    const refusedAt = stopped?.entries.find(({ refusal }) => refusal === 'freeze-too-long')?.at;
    if (stopped === undefined || refusedAt === undefined) return 'no freeze was too long';
    const { region } = stopped.run.from;
    const next = commits.find((one) => one.region === region && one.at > refusedAt);
    const boundMs = 2 * 1000 * (plan.policy.lease?.renewEverySeconds ?? 0);
    if (next === undefined) return `nothing was committed in ${region} any more`;
    return next.at - refusedAt <= boundMs ? undefined : `only after ${(next.at - refusedAt) / 1000} s`;
  },
};

/** Or else nothing was shown: for a while both Regions handed out work. */
export const consumersWoke: Expectation = {
  title: 'the consumers of both Regions were on at once, and not for good',
  expect: ({ plan, runs, switched }) => {
    const failover = runs[0]?.entries.at(-1)?.at ?? 0;
    const there = switched.filter(
      ({ region, resource }) => region === plan.regions.primary && resource === 'orders-queue',
    );
    if (there.findLast(({ at }) => at <= failover)?.isOn !== true) return 'they were off when the failover was over';
    return there.some(({ at, isOn }) => at > failover && !isOn) ? undefined : 'nobody has put them to rest';
  },
};

/**
 * The application is at home: brought there by the planned run, or by a failover that has not waited for it. Or such a failover
 * has opened by itself and stopped before its promotion: no replica at home yet, or nobody to accept what that may lack.
 */
export const failedOverWhilePlanned: Expectation = {
  title: 'the application serves from the other Region, or a failover by itself says why not',
  expect: ({ commits, plan, runs, healedAt }) => {
    if (runs.every(({ run }) => run.purpose !== 'failback')) return 'no failback was opened';
    if (commits.some(({ at, region }) => region === plan.regions.primary && at > healedAt - 600_000)) return undefined;
    const back = runs.find(({ run }) => run.purpose === 'failover' && run.to.place === 'primary');
    return back?.execution?.status === 'FAILED' ? undefined : `nothing was committed in ${plan.regions.primary}`;
  },
};
