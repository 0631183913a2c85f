import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Place } from '../../shared/domain/run.ts';
import type { ApiCall } from '../cloud/history.ts';
import { bookkeeping } from './calls.ts';
import { journalsOf, type ScenarioEvidence, type Seen } from './evidence.ts';
import type { Sight, Sighting } from './expectations.ts';

/** The first call since the fault that fits. */
const calledThat =
  (fits: (call: ApiCall, seen: Seen) => boolean): Sight<Seen> =>
  (seen) => {
    const call = seen.calls.find((one) => one.at >= seen.lostAt && fits(one, seen));
    return call && { at: call.at, why: `${call.service} ${call.command} by ${call.caller || 'somebody'}` };
  };

/** Anything of the application was changed through AWS: a database, a service, a record. */
export const anyEffect = calledThat(
  ({ applied, mutating, service }) => applied && mutating && !bookkeeping.has(service),
);

export const called = (command: string): Sight<Seen> => calledThat((call) => call.applied && call.command === command);

/** A call that the service turned down, with the error's name; seen when the answer came. */
export const turnedDown =
  (command: string, errorName: string): Sight<Seen> =>
  ({ calls, lostAt }) => {
    const call = calls.find((one) => one.at >= lostAt && one.command === command && one.errorName === errorName);
    return call && { at: call.endedAt ?? call.at, why: `${call.service} ${command} by ${call.caller}: ${errorName}` };
  };

/** RDS was told to promote, or the recovery Region's database says that it is a writer. */
export const promotion: Sight = (evidence) => called('PromoteReadReplica')(evidence) ?? secondWriter(evidence);

const secondWriter: Sight = ({ databases, endedAt, plan }) =>
  databases[plan.regions.recovery] === 'writer'
    ? { at: endedAt, why: `the database in ${plan.regions.recovery} says that it accepts writes` }
    : undefined;

/** A client was told the address of another Region than this one. */
export const trafficAwayFrom =
  (place: Place): Sight =>
  ({ dnsAnswers, lostAt, plan, writers }) => {
    const home = plan.regions[place];
    const answer = dnsAnswers.find(
      ({ addresses, at }) => at >= lostAt && addresses.some((address) => writers.regionOf[address] !== home),
    );
    return answer && { at: answer.at, why: `DNS answered with ${answer.addresses.join(', ')}` };
  };

/** The first order that was sent after the fault and acknowledged by this place. */
export const served =
  (place: Place): Sight =>
  ({ acknowledgements, lostAt, plan }) => {
    const first = acknowledgements.find(({ region, sentAt }) => region === plan.regions[place] && sentAt > lostAt);
    return first && { at: first.acknowledgedAt, why: `${first.region} acknowledged an order` };
  };

/** Clients of this place waited longer than this for the next acknowledgement. */
export const gapAbove =
  (place: Place, gapSeconds: number): Sight =>
  ({ acknowledgements, endedAt, lostAt, plan }) => {
    const times = acknowledgements
      .filter(({ acknowledgedAt, region }) => acknowledgedAt >= lostAt && region === plan.regions[place])
      .map(({ acknowledgedAt }) => acknowledgedAt);
    const edges = [lostAt, ...times, endedAt];
    const at = edges.find((edge, index) => (edges[index + 1] ?? edge) - edge > gapSeconds * 1000);
    return at === undefined ? undefined : { at, why: `no order was acknowledged in the ${gapSeconds} s that followed` };
  };

const written = (fits: (entry: JournalEntry) => boolean): Sight<Seen> => {
  return (seen) => {
    const entry = journalsOf(seen)
      .flat()
      .find((one) => one.at >= seen.lostAt && fits(one));
    return entry && { at: entry.at, why: `${entry.step}: ${entry.why}` };
  };
};

export const runOpened = written(({ event }) => event === 'run-opened');
export const runClosed = written(({ event }) => event === 'run-closed');

/** A line of the journal, by step and event. */
export const noted = (step: JournalEntry['step'], event: JournalEntry['event']): Sight<Seen> =>
  written((entry) => entry.step === step && entry.event === event);

/** The first execution has ended so, whether or not it opened a run. */
export const executionEnded =
  (...statuses: readonly string[]): Sight<Seen> =>
  ({ executions }) => {
    const ended = executions.find(
      ({ status }) => status !== 'RUNNING' && (statuses.length === 0 || statuses.includes(status)),
    );
    return ended?.endedAt === undefined ? undefined : { at: ended.endedAt, why: `${ended.name} ${ended.status}` };
  };

/** No execution is running any more, and there was one. */
export const allExecutionsEnded: Sight<Seen> = ({ executions }) => {
  const ends = executions.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? { at: last, why: `${executions.length} executions have ended` } : undefined;
};

export const secondRun: Sight<Seen> = ({ runs }) => {
  const second = runs[1];
  return second && { at: second.openedAt, why: `${second.id} was opened after ${runs[0]?.id}` };
};

/** People were told of the end through the channel of this place. */
export const told = (place: Place): Sight<Seen> =>
  calledThat(
    ({ applied, caller, command, endpointRegion }, { plan }) =>
      applied && caller === 'notify' && command === 'Publish' && endpointRegion === plan.regions[place],
  );

/** The run asked a person to accept a loss, and showed it in seconds and in writes. */
export const askedWithLoss: Sight<Seen> = written(
  ({ data, event, step }) => step === 'approve' && event === 'asked' && showsLoss(data),
);

const showsLoss = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'loss' in data && 'rows' in data && Number(data.rows) > 0;

/** The first thing came before the second, or came without it. */
export const earlier =
  <E>(first: Sight<E>, second: Sight<E>): Sight<E> =>
  (evidence) => {
    const [one, other] = [first(evidence), second(evidence)];
    return one !== undefined && (other === undefined || one.at < other.at) ? one : undefined;
  };

/** What became of orders sent to the place's own address. */
export const directly =
  (place: Place, outcome: 'taken' | 'refused', ...reasons: readonly string[]): Sight =>
  ({ directOrders, plan }) => {
    const orders = directOrders.filter(({ region }) => region === plan.regions[place]);
    const found = orders.filter(
      (one) => one.outcome === outcome && (reasons.length === 0 || reasons.includes(one.reason ?? '')),
    );
    const [first] = found;
    const why = `${found.length} of ${orders.length} orders sent to its own address were ${[outcome, ...reasons].join(' ')}`;
    return first && { at: first.at, why };
  };

/** An order that this place acknowledged after something had happened. */
export const acknowledgedAfter =
  (place: Place, after: Sight): Sight =>
  (evidence) => {
    const from = after(evidence)?.at ?? Number.POSITIVE_INFINITY;
    const late = evidence.acknowledgements.filter(
      ({ acknowledgedAt, region }) => region === evidence.plan.regions[place] && acknowledgedAt > from,
    );
    return (
      late[0] && { at: late[0].acknowledgedAt, why: `${late.length} orders were acknowledged by ${late[0].region}` }
    );
  };

/** What the scenario did itself: `fault`, `people` or `heal`, the first of its sort. */
export const happened =
  (event: 'fault' | 'people' | 'heal'): Sight =>
  ({ marks }) => {
    const mark = marks.find((one) => one.event === event);
    return mark && { at: mark.at, why: mark.why };
  };

export const acknowledgedWriteLost: Sight = ({ acknowledgedWritesLost, endedAt }: ScenarioEvidence) =>
  acknowledgedWritesLost === 0 ? undefined : lostWrites(acknowledgedWritesLost, endedAt);

const lostWrites = (count: number | null, at: number): Sighting => ({
  at,
  why: count === null ? 'nobody could count them' : `${count} acknowledged writes are not in the database in charge`,
});

export const secondExecution: Sight<Seen> = ({ calls, executions, lostAt }) => {
  const [, second] = executions;
  const start = calls.find(({ at, command }) => at >= lostAt && command === 'StartExecution');
  return (
    second && {
      at: second.endedAt ?? start?.at ?? lostAt,
      why: `${second.name} was started after ${executions[0]?.name}`,
    }
  );
};

/** A run was opened that answers for one which gave no sign of life any more. */
export const runTookOver: Sight<Seen> = ({ runs }) => {
  const run = runs.find(({ takesOver }) => takesOver !== undefined);
  return run && { at: run.openedAt, why: `${run.id} took over from ${run.takesOver}` };
};

/** A run that was taken over wrote that it had acted, after the newer one had been opened. */
export const actedUnderOlderEpoch: Sight<Seen> = ({ earlier, runs }) => {
  const newestAt = runs.at(-1)?.openedAt ?? 0;
  const late = earlier.flatMap(({ entries }) => entries).find(({ at, event }) => event === 'acted' && at > newestAt);
  return late && { at: late.at, why: `epoch ${late.epoch}, ${late.step}: ${late.why}` };
};
