import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../lab/cloud/history.ts';
import { accessDenied } from '../../lab/simulator/call-faults.ts';
import type { Day } from '../../lab/simulator/day.ts';
import * as happen from '../../lab/simulator/happenings.ts';
import type { DayHistory, RunStory } from '../../lab/simulator/history.ts';
import { simulate } from '../../lab/simulator/simulate.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { StepId } from '../../shared/domain/phase.ts';
import type { Plan } from '../../shared/domain/plan.ts';

/** The primary dies and comes back; a person starts the way home while something is wrong; later that is mended. */
const homeAt = 900;
const mendedAt = 2700;

interface Trouble {
  readonly begin: (day: Day) => void;
  readonly end?: (day: Day) => void;
}

/** No function of this step may make this call. */
const denied = (caller: string, command: ApiCall['command']): Trouble => ({
  begin: ({ weather }) =>
    void weather.refusals.set('denied', (call) =>
      call.caller === caller && call.command === command ? accessDenied() : undefined,
    ),
  end: ({ weather }) => void weather.refusals.delete('denied'),
});

interface Circumstances {
  readonly change?: (plan: Plan) => Plan;
  /** Whether a person lets a held run go on, once the trouble is over. */
  readonly resumes?: boolean;
}

async function goingHome({ begin, end }: Trouble, { change = (plan) => plan, resumes = false }: Circumstances = {}) {
  const trouble = { id: 'trouble', at: homeAt - 30, until: mendedAt, begin, ...(end === undefined ? {} : { end }) };
  const duty = happen.operatorSays({ toQuestions: 'silent', toHolds: 'resume' }, { at: mendedAt });
  const happenings = [
    happen.regionLost('primary', { at: 60, until: 480 }),
    trouble,
    happen.manualStart('primary', { at: homeAt }, { purpose: 'failback' }),
    ...(resumes ? [duty] : []),
  ];
  const patient = { pageEverySeconds: 300, giveUpAfterSeconds: 3600 };
  const { checks, history } = await simulate({
    scenario: {
      name: 'failback-stages',
      story: '',
      plan: (plan) => change({ ...plan, policy: { ...plan.policy, hold: patient } }),
      weather: () => ({ rates: {}, healAt: 4800, happenings }),
    },
    seed: 1,
  });
  expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  return history;
}

const runsFor = ({ runs }: DayHistory, purpose: string): readonly RunStory[] =>
  runs.filter(({ run }) => run.purpose === purpose);
const failbackOf = (history: DayHistory): RunStory => runsFor(history, 'failback')[0] ?? expect.unreachable();

/** The first line of this step that says that it went wrong. */
const wrongIn = ({ entries }: RunStory, step: StepId): JournalEntry | undefined =>
  entries.find((entry) => entry.step === step && (entry.refusal !== undefined || entry.event === 'failed'));

const applied = ({ calls }: DayHistory, command: string, from: number) =>
  calls.filter((call) => call.applied && call.command === command && call.at >= from);

const at = ({ startedAt }: DayHistory, seconds: number): number => startedAt + seconds * 1000;

/** The longest time from then on in which nobody's write was committed; s. */
function longestStandstill({ commits, endedAt }: DayHistory, from: number): number {
  const times = [from, ...commits.map((one) => one.at).filter((one) => one >= from), endedAt];
  return Math.max(...times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1000));
}

const commitsIn = ({ commits }: DayHistory, region: string, from: number) =>
  commits.filter((one) => one.region === region && one.at >= from);

/** It ended where it began: the recovery Region writes to the end, and nothing was promoted or moved. */
function staysAway(history: DayHistory, { standsStillSeconds }: { readonly standsStillSeconds: number }): void {
  const { primary, recovery } = history.plan.regions;
  const from = at(history, homeAt);
  expect(applied(history, 'PromoteReadReplica', from)).toEqual([]);
  expect(applied(history, 'ChangeResourceRecordSets', from)).toEqual([]);
  expect(commitsIn(history, primary, from)).toEqual([]);
  expect(commitsIn(history, recovery, history.endedAt - 60_000).length).toBeGreaterThan(0);
  expect(longestStandstill(history, from)).toBeLessThan(standsStillSeconds);
}

describe('the way home fails before the switch, and everything is as it was', () => {
  it('in Detect, while the primary is not well: no run is opened', async () => {
    const history = await goingHome({
      begin: ({ plan, weather }) => void weather.deaf.add(plan.regions.primary),
      end: ({ plan, weather }) => void weather.deaf.delete(plan.regions.primary),
    });
    expect(runsFor(history, 'failback')).toEqual([]);
    const cause = history.executions.find(({ name }) => name.startsWith('failback'))?.cause;
    expect(cause).toContain('understudy failback shop --region eu-west-1');
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Survey, where RDS has no room for one instance more: nothing is touched', async () => {
    const history = await goingHome({
      begin: ({ plan, world }) => world.rds(plan.regions.primary).setQuota('DBInstances', 1),
    });
    const failback = failbackOf(history);
    expect(wrongIn(failback, 'survey')).toMatchObject({ refusal: 'not-replicable' });
    expect(wrongIn(failback, 'survey')?.why).toContain('1 of the 1 DB instances that it may have in eu-west-1');
    expect(failback.entries.filter(({ event }) => event === 'intended')).toEqual([]);
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Rest, which may not stop what woke up there: nothing else is touched', async () => {
    const history = await goingHome(denied('rest', 'UpdateService'), { change: restsAtOne });
    expect(wrongIn(failbackOf(history), 'rest')?.why).toContain('AccessDenied');
    expect(applied(history, 'CreateDBSnapshot', at(history, homeAt))).toEqual([]);
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Reverse, half-way: the old primary gets its name back, with its rows, and nothing is deleted', async () => {
    const history = await goingHome(denied('reverse', 'CreateDBInstanceReadReplica'));
    expect(wrongIn(failbackOf(history), 'reverse')).toMatchObject({ event: 'failed' });
    const names = applied(history, 'ModifyDBInstance', at(history, homeAt)).map(({ caller, input }) => [caller, input]);
    const [old, kept] = ['orders-primary', 'orders-primary-understudy-e2'];
    expect(names).toMatchObject([
      ['reverse', { DBInstanceIdentifier: old, NewDBInstanceIdentifier: kept }],
      ['restore', { DBInstanceIdentifier: kept, NewDBInstanceIdentifier: old }],
    ]);
    expect(applied(history, 'DeleteDBInstance', at(history, homeAt))).toEqual([]);
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Scale, where no task finds a place: the replica stays, as it protects the application', async () => {
    const history = await goingHome({
      begin: ({ plan, world }) => world.ecs(plan.regions.primary).setCapacity('shop', 0),
      end: ({ plan, world }) => world.ecs(plan.regions.primary).setCapacity('shop', Number.POSITIVE_INFINITY),
    });
    expect(wrongIn(failbackOf(history), 'scale')).toMatchObject({ refusal: 'deadline-passed' });
    expect(applied(history, 'DeleteDBInstance', at(history, homeAt))).toEqual([]);
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Freeze, while somebody has halted the application: nobody notices', async () => {
    let isHalted = false;
    const history = await goingHome({
      begin: (day) =>
        void day.weather.refusals.set('halt', ({ caller }) => {
          if (caller === 'scale' && !isHalted) {
            isHalted = true;
            halt(day);
          }
          return undefined;
        }),
      end: (day) => void day.coordination.killSwitch.resume(day.plan.application),
    });
    expect(wrongIn(failbackOf(history), 'freeze')).toMatchObject({ refusal: 'halted' });
    staysAway(history, { standsStillSeconds: 10 });
  });

  it('in Final sync, while replication falls behind: writes go on when the freeze is over', async () => {
    const history = await goingHome({
      begin: ({ shop }) => {
        shop.replication.extraLagMs = 600_000;
      },
      end: ({ shop }) => {
        shop.replication.extraLagMs = 0;
      },
    });
    expect(wrongIn(failbackOf(history), 'final-sync')).toMatchObject({ refusal: 'freeze-too-long' });
    staysAway(history, { standsStillSeconds: freezeSeconds });
  });

  it('in Promote, which RDS does not allow: the sealed freeze ends with the run, and writes go on', async () => {
    const history = await goingHome(denied('promote', 'PromoteReadReplica'));
    expect(wrongIn(failbackOf(history), 'promote')?.why).toContain('AccessDenied');
    staysAway(history, { standsStillSeconds: freezeSeconds });
  });
});

/** The longest freeze of the plan, and until a guard has looked again and handed on a grant. */
const freezeSeconds = 60 + 3 * 10;

/** At rest a Region has one task. */
const restsAtOne = (plan: Plan): Plan => ({
  ...plan,
  resources: plan.resources.map((one) =>
    one.kind === 'ecs-service' ? { ...one, spec: { ...(one.spec as object), tasksAtRest: 1 } } : one,
  ),
});

const halt = ({ clock, coordination, plan }: Day): void => {
  const record = { by: 'ada', reason: 'let me look', at: clock.now() };
  void coordination.killSwitch.halt(plan.application, record);
};

describe('what holds the way home up in no way', () => {
  it('is Protect that cannot start the run that protects: the move is done, and people hear of it', async () => {
    const history = await goingHome(denied('protect', 'StartExecution'));
    const failback = failbackOf(history);
    expect(wrongIn(failback, 'protect')?.why).toContain('AccessDenied');
    expect(failback.execution?.status).toBe('SUCCEEDED');
    expect(runsFor(history, 'reprotect')).toEqual([]);
    expect(commitsIn(history, history.plan.regions.primary, history.endedAt - 60_000).length).toBeGreaterThan(0);
  });

  it('is a reprotect that fails behind it: the charge stays, and the old side gets its name back', async () => {
    const { begin, end } = denied('reverse', 'CreateDBInstanceReadReplica');
    const history = await goingHome({
      begin: (day) =>
        void day.weather.refusals.set('late', ({ caller }) => {
          if (caller === 'protect') begin(day);
          return undefined;
        }),
      ...(end === undefined ? {} : { end }),
    });
    expect(failbackOf(history).execution?.status).toBe('SUCCEEDED');
    const [reprotect] = runsFor(history, 'reprotect');
    expect(reprotect?.execution).toMatchObject({ status: 'FAILED', error: 'Stopped' });
    expect(commitsIn(history, history.plan.regions.primary, history.endedAt - 60_000).length).toBeGreaterThan(0);
  });
});

describe('the way home fails behind the promotion, and is held until a person lets it go on', () => {
  it.each<[StepId, Trouble, string]>([
    [
      'verify',
      {
        begin: (day) =>
          void day.weather.refusals.set('bug', ({ caller }) => {
            if (caller === 'promote') day.shop.errorShare.set(day.plan.regions.primary, 1);
            return undefined;
          }),
        end: (day) => {
          day.weather.refusals.delete('bug');
          day.shop.errorShare.delete(day.plan.regions.primary);
        },
      },
      'deadline-passed',
    ],
    ['flip-dns', denied('flip-dns', 'ChangeResourceRecordSets'), 'AccessDenied'],
    [
      'confirm',
      {
        begin: (day) =>
          void day.weather.refusals.set('bug', ({ caller }) => {
            if (caller === 'flip-dns') day.shop.errorShare.set(day.plan.regions.primary, 1);
            return undefined;
          }),
        end: (day) => {
          day.weather.refusals.delete('bug');
          day.shop.errorShare.delete(day.plan.regions.primary);
        },
      },
      'deadline-passed',
    ],
  ])('in %s', async (step, trouble, says) => {
    const history = await goingHome(trouble, { resumes: true });
    const { primary, recovery } = history.plan.regions;
    const failback = failbackOf(history);
    const wrong = wrongIn(failback, step);
    expect(`${wrong?.refusal} ${wrong?.why}`).toContain(says);
    const events = failback.entries.filter((entry) => entry.step === 'hold').map(({ event }) => event);
    expect(events).toContain('asked');
    expect(failback.entries.find(({ event }) => event === 'answered')?.why).toContain('resume, by the operator');
    expect(failback.execution?.status).toBe('SUCCEEDED');
    // Never back: after the promotion nobody writes where it was, and it is made once.
    const [promoted, ...again] = applied(history, 'PromoteReadReplica', at(history, homeAt));
    expect(again).toEqual([]);
    expect(commitsIn(history, recovery, promoted?.at ?? 0)).toEqual([]);
    expect(commitsIn(history, primary, history.endedAt - 60_000).length).toBeGreaterThan(0);
  });
});

describe('the process that runs the way home dies inside the freeze', () => {
  it('writes go on by the guard alone, within the window; then another run takes over', async () => {
    let diedAt = 0;
    const history = await goingHome({
      begin: (day) =>
        void day.weather.refusals.set('death', ({ at: now, caller, runId = '' }) => {
          if (diedAt > 0 || caller !== 'final-sync' || !runId.startsWith('failback')) return undefined;
          diedAt = now;
          day.console.cancelAll();
          return accessDenied();
        }),
    });
    const failback = failbackOf(history);
    expect(diedAt).toBeGreaterThan(0);
    expect(failback.execution?.status).toBe('ABORTED');
    expect(failback.entries.filter(({ step }) => step === 'restore')).toEqual([]);
    const [next] = commitsIn(history, history.plan.regions.recovery, diedAt + 1);
    expect(((next?.at ?? Number.POSITIVE_INFINITY) - diedAt) / 1000).toBeLessThan(freezeSeconds);
    expect(longestStandstill(history, at(history, homeAt))).toBeLessThan(freezeSeconds);
    const takeover = history.runs.find(({ run }) => run.takesOver === failback.run.id);
    expect(takeover?.run.openedAt ?? 0).toBeGreaterThan(next?.at ?? Number.POSITIVE_INFINITY);
    expect(takeover?.execution?.status).not.toBe('RUNNING');
  });
});
