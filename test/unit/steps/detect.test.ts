import { describe, expect, it } from 'vitest';
import { detect } from '../../../shared/steps/detect.ts';
import { application, primary, recovery, wantsToOpen, witnessRegion } from '../../support/sample-run.ts';
import { type Shop, shop } from '../../support/shop.ts';
import { noon } from '../../support/virtual-clock.ts';

const byAlarm = { trigger: 'alarm', from: 'primary' } as const;

describe('Detect, started by an alarm', () => {
  it('opens the run under epoch 1 when two observers agree, without asking the Region that is watched', async () => {
    const { alarm, clock, coordinationIn, step, told, world } = await shop();
    world.loseRegion(primary.region);
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    expect(await step(detect, byAlarm)).toMatchObject({ step: 'detect', status: 'settled' });
    expect(await told()).toEqual(['detect run-opened']);
    const { lock } = coordinationIn(recovery.region);
    expect(await lock.run('run-1')).toMatchObject({ epoch: 1, trigger: 'alarm', from: primary, to: recovery });
    expect(clock.now()).toBe(noon);
    expect(world.history.filter(({ endpointRegion }) => endpointRegion === primary.region)).toEqual([]);
  });

  it('waits for the second observer, and opens when it agrees', async () => {
    const { alarm, clock, step } = await shop();
    alarm(recovery.region, 'ALARM');
    const second = clock.sleep(7_500).then(() => alarm(witnessRegion, 'ALARM'));
    expect(await step(detect, byAlarm)).toMatchObject({ status: 'settled' });
    await second;
    expect(clock.now()).toBe(noon + 8_000);
  });

  it('takes no alarm of before a move for one about the Region that has come into charge', async () => {
    const { alarm, clock, coordinationIn, plan, step } = await shop();
    const { lock } = coordinationIn(recovery.region);
    for (const [runId, from, to] of [
      ['away', primary, recovery],
      ['home', recovery, primary],
    ] as const) {
      const opening = await lock.open(wantsToOpen(runId, { from, to }));
      if (opening.status === 'opened') await lock.close(opening.run, 'recovered');
    }
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    await step(detect, byAlarm);
    const windows = plan.detection.signals.map(({ windowSeconds }) => windowSeconds * 1000);
    expect(clock.now()).toBeGreaterThanOrEqual(noon + Math.min(...windows));
  });

  it('takes no alarm of a freeze that came to nothing for an incident', async () => {
    const gate = { primary: 'http://127.0.1.1/lease', recovery: 'http://127.0.2.1/lease' };
    const terms = { seconds: 20, renewEverySeconds: 2, skewSeconds: 1, gate };
    const { alarm, clock, coordinationIn, plan, step } = await shop((draft) =>
      Object.assign(draft, { policy: { lease: terms } }),
    );
    const { lease, lock } = coordinationIn(recovery.region);
    const opening = await lock.open(wantsToOpen('planned', { from: primary, to: recovery }));
    if (opening.status !== 'opened') throw new Error(opening.status);
    const { run } = opening;
    await lease.begin(application, { region: primary.region, epoch: 0 });
    await lease.claim(run, noon + 5_000);
    await lease.giveBack(application, { claimedBy: run.id, epoch: run.epoch });
    await lock.close(run, 'stopped');
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    await step(detect, byAlarm);
    const windows = plan.detection.signals.map(({ windowSeconds }) => windowSeconds * 1000);
    const writesGoOnAt = noon + (5 + terms.renewEverySeconds) * 1000;
    expect(clock.now()).toBeGreaterThanOrEqual(writesGoOnAt + Math.min(...windows));
  });

  it('hands back waiting when its patience ends, and gives up when the time to agree is over', async () => {
    const { alarm, clock, coordinationIn, step, told } = await shop();
    alarm(recovery.region, 'ALARM');
    expect(await step(detect, byAlarm)).toMatchObject({ status: 'waiting', retryAfterSeconds: 1 });
    expect(clock.now()).toBe(noon + 45_000);
    expect(await step(detect, byAlarm)).toMatchObject({ status: 'refused', refusal: 'not-confirmed' });
    expect(clock.now()).toBe(noon + 60_000);
    expect(await told()).toEqual([]);
    expect(await coordinationIn(recovery.region).lock.charge(application)).toBeUndefined();
  });

  it('does not believe one observer when the other does not answer', async () => {
    const { alarm, clock, step, world } = await shop();
    alarm(recovery.region, 'ALARM');
    world.loseRegion(witnessRegion);
    clock.advance(60_000);
    const result = await step(detect, byAlarm);
    expect(result).toMatchObject({ status: 'refused', refusal: 'not-confirmed' });
    expect(result.why).toMatch(/^inconclusive/);
  });
});

describe('Detect, started by an alarm, and what the observers saw themselves', () => {
  /** Probes of the last second, as `probe` in that Region publishes them. */
  const probed = (
    { clock, world }: Shop,
    region: string,
    values: Readonly<Record<string, number>>,
    place = 'primary',
  ) => {
    const Dimensions = [
      { Name: 'Application', Value: application },
      { Name: 'Place', Value: place },
    ];
    const MetricData = Object.entries(values).map(([MetricName, Value]) => ({
      MetricName,
      Dimensions,
      Timestamp: new Date(clock.now() - 1000),
      Value,
      StorageResolution: 1,
    }));
    world.cloudWatch(region).operations.PutMetricData({ Namespace: 'Understudy', MetricData });
  };
  const giveUp = async (all: Shop) => {
    all.alarm(recovery.region, 'ALARM');
    all.alarm(witnessRegion, 'ALARM');
    all.clock.advance(60_000);
  };

  it('advises to roll back when the application answers each failed probe with an error', async () => {
    const all = await shop();
    await giveUp(all);
    for (const region of [recovery.region, witnessRegion]) probed(all, region, { ProbeFailed: 1, ProbeUnanswered: 0 });
    const { refusal, why } = await all.step(detect, byAlarm);
    expect({ refusal, why }).toEqual({
      refusal: 'not-confirmed',
      why: expect.stringMatching(/^not-confirmed: .+Roll back the last deployment/),
    });
    expect(await all.told()).toEqual([]);
  });

  it('does not count an observer that sees the standby fail as well', async () => {
    const all = await shop();
    await giveUp(all);
    for (const region of [recovery.region, witnessRegion]) probed(all, region, { ProbeFailed: 1, ProbeUnanswered: 1 });
    probed(all, witnessRegion, { ProbeFailed: 1 }, 'recovery');
    expect((await all.step(detect, byAlarm)).why).toMatch(/^inconclusive: .+witness cannot reach anything else/);
    expect(await all.told()).toEqual([]);
  });

  it('opens the run when nobody gave an answer, and what was seen before the window does not matter', async () => {
    const all = await shop();
    probed(all, witnessRegion, { ProbeFailed: 1 }, 'recovery');
    await giveUp(all);
    for (const region of [recovery.region, witnessRegion]) probed(all, region, { ProbeFailed: 1, ProbeUnanswered: 1 });
    expect(await all.step(detect, byAlarm)).toMatchObject({ status: 'settled' });
  });

  it('asks each observer once for its alarms and once for what it saw, all at the same moment', async () => {
    const all = await shop();
    await giveUp(all);
    await all.step(detect, byAlarm);
    const asked = all.world.history.filter(({ service }) => service === 'CloudWatch');
    expect(asked.map(({ command, endpointRegion }) => `${command} ${endpointRegion}`).toSorted()).toEqual([
      'DescribeAlarms eu-central-1',
      'DescribeAlarms eu-west-3',
      'GetMetricData eu-central-1',
      'GetMetricData eu-west-3',
    ]);
    expect(new Set(asked.map(({ at }) => at)).size).toBe(1);
  });
});

describe('Detect, started by an alarm, and time', () => {
  it('waits until both alarms have been red for the hold time', async () => {
    const { alarm, clock, step } = await shop((plan) => Object.assign(plan.detection, { holdSeconds: 20 }));
    alarm(recovery.region, 'ALARM');
    await clock.sleep(5000);
    alarm(witnessRegion, 'ALARM');
    expect(await step(detect, byAlarm)).toMatchObject({ status: 'settled' });
    expect(clock.now()).toBe(noon + 25_000);
  });

  it('dates the incident by the signals that agree, not by one that came much earlier', async () => {
    const { alarm, clock, coordinationIn, step } = await shop();
    await clock.sleep(40_000);
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    await step(detect, { ...byAlarm, incidentAt: noon - 500_000 });
    expect(await coordinationIn(recovery.region).lock.run('run-1')).toMatchObject({ incidentAt: noon + 10_000 });
  });
});

describe('Detect, started by a person', () => {
  const opened = async ({ coordinationIn, step }: Shop, request = {}) => {
    expect(await step(detect, request)).toMatchObject({ status: 'settled' });
    return (await coordinationIn(recovery.region).lock.run('run-1'))?.incidentAt;
  };

  it('opens at once, whatever the alarms say', async () => {
    const all = await shop();
    expect(await opened(all)).toBe(noon);
    expect(await all.told()).toEqual(['detect run-opened']);
    expect(all.clock.now()).toBe(noon);
  });

  it('dates the incident by signals that agree, unless the person has said when it was', async () => {
    const red = async (): Promise<Shop> => {
      const all = await shop();
      all.alarm(recovery.region, 'ALARM');
      all.alarm(witnessRegion, 'ALARM');
      all.clock.advance(600_000);
      return all;
    };
    expect(await opened(await red())).toBe(noon - 30_000);
    expect(await opened(await red(), { incidentAt: noon + 5_000 })).toBe(noon + 5_000);
  });

  it('opens as well when no observer can be asked', async () => {
    const all = await shop();
    const denied = Object.assign(new Error('no'), {
      name: 'AccessDenied',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    });
    all.world.intercept = ({ service }) => (service === 'CloudWatch' ? denied : undefined);
    expect(await opened(all)).toBe(noon);
  });

  it('goes back when the recovery is in charge', async () => {
    const { coordinationIn, step } = await shop();
    const { lock } = coordinationIn(recovery.region);
    await step(detect);
    const run = await lock.run('run-1');
    await lock.close(run ?? (await Promise.reject(new Error('no run'))), 'recovered');
    expect(await step(detect, { force: true, reason: 'the way back' }, 'run-2', primary.region)).toMatchObject({
      status: 'settled',
    });
    expect(await lock.run('run-2')).toMatchObject({ epoch: 2, from: recovery, to: primary });
  });

  it('is refused while another run is active', async () => {
    const { coordinationIn, step } = await shop();
    await coordinationIn(primary.region).lock.open(wantsToOpen('run-0'));
    expect(await step(detect)).toMatchObject({ status: 'refused', refusal: 'run-active' });
  });

  it('takes over a run that gave no sign of life for as long as the plan says', async () => {
    const { clock, coordinationIn, step } = await shop();
    await coordinationIn(primary.region).lock.open(wantsToOpen('run-0'));
    clock.advance(120_001);
    expect(await step(detect)).toMatchObject({ status: 'settled' });
    expect(await coordinationIn(recovery.region).lock.run('run-1')).toMatchObject({ epoch: 2 });
  });

  it('is refused when the place to leave is not in charge', async () => {
    const { step } = await shop();
    await step(detect);
    expect(await step(detect, { from: 'recovery' }, 'run-2', primary.region)).toMatchObject({
      status: 'refused',
      refusal: 'region-not-in-charge',
    });
  });
});

describe('Detect, at the wrong place', () => {
  it('refuses to run in the Region that it would leave', async () => {
    const { step, told } = await shop();
    const refused = { status: 'refused', refusal: 'wrong-region' };
    expect(await step(detect, {}, 'run-1', primary.region)).toMatchObject(refused);
    expect(await told()).toEqual([]);
  });

  it('does not take the recovery for being in charge because there never was a run', async () => {
    const { coordinationIn, step } = await shop();
    const result = await step(detect, { from: 'recovery' }, 'run-1', primary.region);
    expect(result).toMatchObject({ status: 'refused', refusal: 'region-not-in-charge' });
    expect(await coordinationIn(recovery.region).lock.charge(application)).toBeUndefined();
  });
});

describe('Detect, taking over', () => {
  it('keeps the time of the incident: lag measured since then tells nothing', async () => {
    const { clock, coordinationIn, step } = await shop();
    await step(detect, { incidentAt: noon - 30_000 });
    clock.advance(120_001);
    await step(detect, {}, 'run-2');
    expect(await coordinationIn(recovery.region).lock.run('run-2')).toMatchObject({ incidentAt: noon - 30_000 });
  });
});

describe('Detect, repeated', () => {
  it('finds its own run open, whatever the alarms say now, and says so once', async () => {
    const { alarm, clock, coordinationIn, step, told } = await shop();
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    await step(detect, byAlarm);
    alarm(witnessRegion, 'OK');
    clock.advance(300_000);
    expect(await step(detect, byAlarm)).toMatchObject({ status: 'settled' });
    expect(await told()).toEqual(['detect run-opened']);
    expect(await coordinationIn(recovery.region).lock.charge(application)).toMatchObject({ epoch: 1 });
  });

  it('writes the first line of the journal that a crash has left out', async () => {
    const { step, told, world } = await shop();
    world.intercept = (call) =>
      call.mutating && JSON.stringify(call.input).includes('journal#') ? new Error('crash') : undefined;
    await expect(step(detect)).rejects.toThrow('crash');
    world.intercept = undefined;
    expect(await step(detect)).toMatchObject({ status: 'settled' });
    expect(await told()).toEqual(['detect run-opened']);
  });
});
