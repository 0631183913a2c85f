import { describe, expect, it } from 'vitest';
import { decideOpening, type LockItem } from '../../../shared/coordination/opening.ts';
import { RunRequest } from '../../../shared/domain/run.ts';
import { primary, recovery, sampleRun, wantsToOpen } from '../../support/sample-run.ts';
import { noon } from '../../support/virtual-clock.ts';

const free = (changes: Partial<LockItem> = {}): LockItem => ({
  activeRegion: primary.region,
  epoch: 7,
  heartbeatAt: noon,
  ...changes,
});
const held = (changes: Partial<LockItem> = {}): LockItem => free({ currentRun: sampleRun({ epoch: 7 }), ...changes });
const stale = 120_000;

describe('who may open a run', () => {
  it.each<[string, LockItem | undefined, string, number, object]>([
    [
      'the first run of an application gets epoch 1',
      undefined,
      'run-2',
      noon,
      { decision: 'write', next: { epoch: 1 } },
    ],
    ['a free lock is taken under the next epoch', free(), 'run-2', noon, { decision: 'write', next: { epoch: 8 } }],
    [
      'the same run again is the run as it is',
      held(),
      'run-1',
      noon,
      { decision: 'answer', opening: { status: 'opened', run: { id: 'run-1', epoch: 7 } } },
    ],
    [
      'the same run again is the run as it is, also when its heartbeat is stale',
      held(),
      'run-1',
      noon + stale + 1,
      { decision: 'answer', opening: { status: 'opened', run: { epoch: 7 } } },
    ],
    [
      'another run waits while there is a heartbeat',
      held(),
      'run-2',
      noon + stale,
      { decision: 'answer', opening: { status: 'run-active', runId: 'run-1', heartbeatAt: noon } },
    ],
    [
      'a stale heartbeat is taken over under the next epoch',
      held(),
      'run-2',
      noon + stale + 1,
      { decision: 'write', next: { epoch: 8, heartbeatAt: noon + stale + 1, currentRun: { id: 'run-2' } } },
    ],
    [
      'a Region that is not in charge cannot be left',
      free({ activeRegion: recovery.region }),
      'run-2',
      noon,
      { decision: 'answer', opening: { status: 'region-not-in-charge', activeRegion: recovery.region } },
    ],
    [
      'a Region that is not in charge cannot be left by a takeover either',
      held({ activeRegion: recovery.region }),
      'run-2',
      noon + stale + 1,
      { decision: 'answer', opening: { status: 'region-not-in-charge' } },
    ],
  ])('%s', (_title, lock, runId, now, expected) => {
    expect(decideOpening({ lock, wanted: wantsToOpen(runId), wasOpened: false, now })).toMatchObject(expected);
  });

  it('the run that is written is the run that is answered', () => {
    const decided = decideOpening({ lock: undefined, wanted: wantsToOpen('run-2'), wasOpened: false, now: noon });
    expect(decided).toMatchObject({
      decision: 'write',
      run: { id: 'run-2', from: primary, to: recovery, openedAt: noon },
    });
    expect(decided).toHaveProperty('next.currentRun', decided.decision === 'write' ? decided.run : undefined);
  });

  it.each([
    ['the incident begins when the run is opened, unless somebody knows better', undefined, noon],
    ['the incident begins when the signals say', noon - 30_000, noon - 30_000],
    ['an incident of the future begins now: clocks differ', noon + 5_000, noon],
  ])('%s', (_title, incidentAt, expected) => {
    const request = {
      application: 'shop',
      trigger: 'manual',
      purpose: 'failover',
      reason: 'test',
      incidentAt,
    } as const;
    expect(
      decideOpening({ lock: undefined, wanted: wantsToOpen('run-2', { request }), wasOpened: false, now: noon }),
    ).toHaveProperty('run.incidentAt', expected);
  });
});

describe('a run that was opened before', () => {
  it('is never opened again once the lock is not its own, however free that is', () => {
    const decided = decideOpening({ lock: undefined, wanted: wantsToOpen('run-2'), wasOpened: true, now: noon });
    expect(decided).toEqual({ decision: 'answer', opening: { status: 'run-over' } });
  });
});

describe('a run that takes over', () => {
  it.each<[string, LockItem, string | undefined]>([
    ['names the run that held the lock', held(), 'run-1'],
    ['names none when the lock was free', free(), undefined],
  ])('%s', (_title, lock, takesOver) => {
    const now = noon + stale + 1;
    const decided = decideOpening({ lock, wanted: wantsToOpen('run-2'), wasOpened: false, now });
    expect(decided).toMatchObject({ decision: 'write', run: { id: 'run-2', epoch: 8 } });
    expect(decided.decision === 'write' ? decided.run.takesOver : 'answered').toBe(takesOver);
  });
});

describe('the cool-down after a run', () => {
  const lastRun = { id: 'run-1', end: 'recovered', endedAt: noon } as const;
  const open = (lock: LockItem, now: number, request: Partial<RunRequest> = {}) =>
    decideOpening({
      lock,
      wanted: wantsToOpen('run-2', {
        coolDownMs: 60_000,
        request: RunRequest.parse({ application: 'shop', trigger: 'alarm', ...request }),
      }),
      wasOpened: false,
      now,
    });
  const cooling = { decision: 'answer', opening: { status: 'cooling-down', runId: 'run-1', until: noon + 60_000 } };

  it.each<[string, LockItem, number, Partial<RunRequest>, object]>([
    ['keeps the next run from starting', free({ lastRun }), noon + 59_999, {}, cooling],
    [
      'keeps one from starting that a person starts without force',
      free({ lastRun }),
      noon,
      { trigger: 'manual' },
      cooling,
    ],
    ['ends by itself', free({ lastRun }), noon + 60_000, {}, { decision: 'write', next: { epoch: 8, lastRun } }],
    [
      'ends when somebody has acknowledged the run',
      free({ lastRun: { ...lastRun, acknowledgedBy: 'ada' } }),
      noon,
      {},
      { decision: 'write' },
    ],
    [
      'yields to force, which the run remembers',
      free({ lastRun }),
      noon,
      { force: true, reason: 'sure' },
      { run: { forced: true } },
    ],
    [
      'does not hold a takeover up: that is the same run',
      held({ lastRun }),
      noon + stale + 1,
      { trigger: 'takeover', takesOver: 'run-1' },
      { decision: 'write', run: { takesOver: 'run-1' } },
    ],
  ])('%s', (_title, lock, now, request, decision) => {
    expect(open(lock, now, request)).toMatchObject(decision);
  });
});

describe('a takeover', () => {
  const wanted = wantsToOpen('run-2', {
    request: RunRequest.parse({ application: 'shop', trigger: 'takeover', takesOver: 'run-1' }),
  });
  const nothing = (runId?: string) => ({ decision: 'answer', opening: { status: 'nothing-to-take-over', runId } });

  it.each<[string, LockItem, object]>([
    ['of a run that has ended is refused', free(), nothing()],
    [
      'of a run that another one has taken over is refused',
      held({ currentRun: sampleRun({ id: 'run-9' }) }),
      nothing('run-9'),
    ],
    [
      'of the silent run that holds the lock is opened',
      held(),
      { decision: 'write', run: { epoch: 8, takesOver: 'run-1' } },
    ],
  ])('%s', (_title, lock, decision) => {
    expect(decideOpening({ lock, wanted, wasOpened: false, now: noon + stale + 1 })).toMatchObject(decision);
  });

  it('of a forced run is forced, too', () => {
    const lock = held({ currentRun: sampleRun({ forced: true }) });
    const decided = decideOpening({ lock, wanted, wasOpened: false, now: noon + stale + 1 });
    expect(decided).toMatchObject({ run: { forced: true } });
  });
});

describe('a planned run', () => {
  const planned = { purpose: 'failback', planHash: 'plan' } as const;
  const decide = (lock: LockItem | undefined, changes: Parameters<typeof wantsToOpen>[1], now = noon) =>
    decideOpening({ lock, wanted: wantsToOpen('run-2', changes), wasOpened: false, now });
  const heldBy = (purpose: 'failover' | 'failback') => held({ currentRun: sampleRun({ epoch: 7, purpose }) });

  it('waits for every other run, also for one that gave no sign of life', () => {
    const active = { decision: 'answer', opening: { status: 'run-active', runId: 'run-1' } };
    expect(decide(heldBy('failover'), planned, noon + stale + 1)).toMatchObject(active);
    expect(decide(heldBy('failback'), planned, noon + stale + 1)).toMatchObject(active);
  });

  it('gives way to a failover at once, which is as old as its own incident', () => {
    const opened = decide(heldBy('failback'), { purpose: 'failover' }, noon + 5000);
    expect(opened).toMatchObject({
      decision: 'write',
      run: { purpose: 'failover', takesOver: 'run-1', epoch: 8, incidentAt: noon + 5000 },
    });
  });

  it('is taken over only once its heartbeat is stale, and stays what it was', () => {
    const request = RunRequest.parse({ application: 'shop', trigger: 'takeover', takesOver: 'run-1' });
    const takeover = { ...planned, request };
    expect(decide(heldBy('failback'), takeover)).toMatchObject({ opening: { status: 'run-active' } });
    expect(decide(heldBy('failback'), takeover, noon + stale + 1)).toMatchObject({ run: { purpose: 'failback' } });
  });

  it('gives no way around the cool-down to a failover that pre-empts it', () => {
    const lock = { ...heldBy('failback'), lastRun: { id: 'run-0', end: 'recovered', endedAt: noon } as const };
    const wanted = { purpose: 'failover', coolDownMs: 60_000 } as const;
    expect(decide(lock, wanted)).toMatchObject({ opening: { status: 'cooling-down' } });
    expect(decide(lock, wanted, noon + 60_000)).toMatchObject({ decision: 'write' });
  });

  it('does not wait for the cool-down of a failover', () => {
    const lock = free({ lastRun: { id: 'run-1', end: 'recovered', endedAt: noon } });
    expect(decide(lock, { coolDownMs: 60_000 })).toMatchObject({ opening: { status: 'cooling-down' } });
    expect(decide(lock, { ...planned, coolDownMs: 60_000 })).toMatchObject({ decision: 'write' });
  });

  it('wants the plan of the last run, unless it is forced; a failover takes any', () => {
    const lock = free({ planHash: 'another' });
    expect(decide(lock, planned)).toMatchObject({ opening: { status: 'plan-changed' } });
    const request = RunRequest.parse({ application: 'shop', force: true, reason: 'renamed' });
    expect(decide(lock, { ...planned, request })).toMatchObject({ decision: 'write', next: { planHash: 'plan' } });
    expect(decide(lock, {})).toMatchObject({ decision: 'write' });
  });
});
