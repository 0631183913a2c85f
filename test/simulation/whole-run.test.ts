import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiCall } from '../../lab/cloud/history.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import type { JournalEntry } from '../../shared/domain/journal.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { effectsOf, effectsOfARecovery, publicAddress, toldBy } from '../support/modelled.ts';

let lab: ModelledLab;
beforeEach(async () => {
  lab = await openModelledLab();
});
afterEach(() => lab.close());

const denied = (): Error =>
  Object.assign(new Error('not allowed'), {
    name: 'AccessDenied',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  });

const is = (command: string, region?: string) => (call: ApiCall) =>
  call.command === command && (region === undefined || call.endpointRegion === region);

const unavailable = (): Error =>
  Object.assign(new Error('no answer'), {
    name: 'InternalFailure',
    $fault: 'server',
    $metadata: { httpStatusCode: 500 },
  });

/** A held run gives up after two seconds: nobody is there. */
const nobodyDecides = (plan: Plan): Plan => ({
  ...plan,
  policy: { ...plan.policy, hold: { pageEverySeconds: 60, giveUpAfterSeconds: 2 } },
});

const takeOverAfterMs = ({ plan }: ModelledLab): number => plan.policy.takeOverAfterSeconds * 1000 + 1;

/** One more invocation of a step of a run, as of an execution that wakes late. */
async function invoke({ clock, world }: ModelledLab, functionName: string, runId: string) {
  const startedAt = new Date(clock.now()).toISOString();
  const payload = { runId, startedAt, request: { application: 'shop' } };
  const result = await world.lambda.invoke({ region: 'eu-central-1', functionName, payload });
  return result as { readonly status: string; readonly refusal?: string };
}

/** Refuses these calls for good, until told otherwise. */
const deny = (matches: (call: ApiCall) => boolean): void => {
  lab.world.intercept = (call) => (matches(call) ? denied() : undefined);
};

const lastOf = (entries: readonly JournalEntry[], step: string) =>
  entries.findLast((entry) => entry.step === step && entry.event === 'step-finished');

describe('a run that goes well', () => {
  it('recovers with each effect once, hands the charge over and tells people', async () => {
    const { status } = await lab.run('real-1');
    expect(status).toBe('SUCCEEDED');
    expect(effectsOf(lab).toSorted()).toEqual(effectsOfARecovery);
    expect(lab.orders.writes.map(({ region }) => region)).toEqual(['eu-central-1', 'eu-central-1']);
    expect(publicAddress(lab)).toEqual(['127.0.2.1']);
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([0, 2]);
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 1 });
    expect(lab.world.troubles).toEqual([]);
  });

  it('recovers when the Region to leave is gone and cannot be fenced, as this plan accepts', async () => {
    lab.world.loseRegion('eu-west-1');
    const { status } = await lab.run('real-1');
    expect(status).toBe('SUCCEEDED');
    expect(effectsOf(lab).toSorted()).toEqual(effectsOfARecovery.filter((effect) => !effect.includes('eu-west-1')));
  });

  it('recovers although its notification channel is dead, and writes that down', async () => {
    deny(is('Publish'));
    const { status } = await lab.run('real-1');
    expect(status).toBe('SUCCEEDED');
    expect(await toldBy(lab, 'real-1')).toContain('notify failed');
  });
});

describe('a run that is refused before the point of no return', () => {
  it('puts back what it has changed, gives the lock back and ends as Stopped', async () => {
    // RDS says no for good, after Scale and Isolate have acted.
    deny(is('PromoteReadReplica'));
    const { error } = await lab.run('real-1');
    expect(error).toBe('Stopped');
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([2, 1]);
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-west-1', epoch: 1 });
    expect(effectsOf(lab)).not.toContain('RDS PromoteReadReplica eu-central-1');
  });

  it('puts back what a look does not show yet, rather than believe that it never was', async () => {
    const services = { cluster: 'shop', services: ['orders'] };
    const before = lab.world.ecs('eu-west-1').operations.DescribeServices(services as never);
    lab.world.intercept = (call) => {
      if (is('PromoteReadReplica')(call)) return denied();
      // ECS shows the tasks as they were before the fence.
      const isStale = call.caller === 'restore' && is('DescribeServices', 'eu-west-1')(call);
      return isStale ? { answer: before } : undefined;
    };
    const { error } = await lab.run('real-1');
    expect(error).toBe('Stopped');
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([2, 1]);
  });

  it('puts the counts of both Regions back when the standby is not ready before the deadline', async () => {
    lab.close();
    lab = await openModelledLab({
      change: (plan) => ({ ...plan, pace: { ...plan.pace, pollSeconds: 0.5, stepDeadlineSeconds: 8 } }),
    });
    // The replica is never free for promotion, so Promote waits until its deadline.
    lab.world.rds('eu-central-1').patchInstance('orders-recovery', { DBInstanceStatus: 'backing-up' });
    const { error, status } = await lab.run('real-1');
    const entries = await lab.coordination.journal.read('real-1');
    expect({ error, status }).toEqual({ error: 'Stopped', status: 'FAILED' });
    expect(lastOf(entries, 'promote')?.refusal).toBe('deadline-passed');
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([2, 1]);
    expect(entries.filter(({ event }) => event === 'undone')).toHaveLength(3);
    expect(entries.find(({ event }) => event === 'run-closed')?.data).toEqual({ end: 'stopped' });
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-west-1', epoch: 1 });
    expect(effectsOf(lab).filter((effect) => effect.startsWith('RDS') || effect.startsWith('Route53'))).toEqual([]);
  });
});

describe('a promotion of which nobody knows whether it happened', () => {
  it('holds the run, because the way back may be closed', async () => {
    lab.close();
    lab = await openModelledLab({
      change: (plan) => nobodyDecides({ ...plan, pace: { ...plan.pace, pollSeconds: 0.5, stepDeadlineSeconds: 8 } }),
    });
    let asked = false;
    lab.world.intercept = (call) => {
      if (is('PromoteReadReplica')(call)) asked = true;
      // From then on RDS is silent: neither the promotion nor its failure can be seen.
      return asked && call.service === 'RDS' ? unavailable() : undefined;
    };
    const { error } = await lab.run('real-1');
    expect(error).toBe('Held');
    expect((await lab.coordination.lock.charge('shop'))?.runId).toBe('real-1');
  });
});

describe('a run that fails after the point of no return', () => {
  beforeEach(async () => {
    lab.close();
    lab = await openModelledLab({ change: nobodyDecides });
    deny(is('ChangeResourceRecordSets'));
    const { error } = await lab.run('real-1');
    expect(error).toBe('Held');
  });

  it('keeps the lock, undoes nothing and wakes a person', async () => {
    expect((await lab.coordination.lock.charge('shop'))?.runId).toBe('real-1');
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([0, 2]);
    expect(await toldBy(lab, 'real-1')).not.toContain('restore undone orders-service');
    expect(effectsOf(lab).at(-1)).toBe('SNS Publish eu-central-1');
  });

  it('refuses a second run while its heartbeat is fresh', async () => {
    const { cause, error } = await lab.run('real-2');
    expect({ cause, error }).toEqual({
      error: 'Refused',
      cause: expect.stringMatching(/^run real-1 is already running/),
    });
  });

  it('is taken over under a higher epoch once its heartbeat is stale, and its promotion is not repeated', async () => {
    lab.world.intercept = undefined;
    await lab.clock.sleep(takeOverAfterMs(lab));
    const { status } = await lab.run('real-2');
    expect(status).toBe('SUCCEEDED');
    expect(
      effectsOf(lab)
        .filter((effect) => effect !== 'SNS Publish eu-central-1')
        .toSorted(),
    ).toEqual(effectsOfARecovery.slice(0, -1));
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 2 });
    expect((await lab.coordination.lock.run('real-2'))?.takesOver).toBe('real-1');
    expect(publicAddress(lab)).toEqual(['127.0.2.1']);
  });

  it('holds the run that takes over, too, when that cannot go on either', async () => {
    await lab.clock.sleep(takeOverAfterMs(lab));
    const { error } = await lab.run('real-2');
    expect(error).toBe('Held');
    expect(await lab.coordination.lock.charge('shop')).toEqual({
      activeRegion: 'eu-west-1',
      epoch: 2,
      runId: 'real-2',
    });
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([0, 2]);
  });

  it.each(['flip-dns', 'confirm', 'restore'])(
    'once taken over, its %s is refused and changes nothing',
    async (step) => {
      await lab.clock.sleep(takeOverAfterMs(lab));
      lab.world.intercept = undefined;
      await lab.run('real-2');
      const before = effectsOf(lab);
      const result = await invoke(lab, step, 'real-1');
      expect(result).toMatchObject({ status: 'superseded', refusal: 'stale-epoch' });
      expect(effectsOf(lab)).toEqual(before);
      expect((await lab.coordination.lock.charge('shop'))?.activeRegion).toBe('eu-central-1');
    },
  );
});

describe('a run that is cancelled before the point of no return', () => {
  const cancelAfter = async (line: string): Promise<void> => {
    lab.start('real-1');
    while (!(await toldBy(lab, 'real-1')).includes(line)) await lab.clock.sleep(2);
    const executionArn = `arn:aws:states:eu-central-1:${lab.world.host.account}:execution:understudy-failover:real-1`;
    lab.world.stepFunctions('eu-central-1').operations.StopExecution({ executionArn });
    await lab.clock.sleep(takeOverAfterMs(lab));
  };

  it('is finished by the next run from its half-done state', async () => {
    await cancelAfter('isolate acted orders-service');
    const { status } = await lab.run('real-2');
    expect(status).toBe('SUCCEEDED');
    expect(effectsOf(lab).toSorted()).toEqual(effectsOfARecovery);
  });

  it('is put back by the next run when that is refused: the fence it left would keep the application down', async () => {
    await cancelAfter('isolate acted orders-service');
    expect(lab.desiredTasks('primary')).toBe(0);
    deny(is('PromoteReadReplica'));
    const promoted = effectsOf(lab).includes('RDS PromoteReadReplica eu-central-1');
    const { error } = await lab.run('real-2');
    expect({ error, promoted }).toEqual({ error: 'Stopped', promoted: false });
    expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([2, 1]);
    expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-west-1', epoch: 2 });
    expect(await toldBy(lab, 'real-1')).toContain('restore undone orders-service');
  });
});
