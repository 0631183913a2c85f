import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { reconciliationOf } from '../../../shared/report/reconciliation.ts';
import { compare } from '../../../shared/steps/compare.ts';
import type { Step } from '../../../shared/steps/contract.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { finalSync } from '../../../shared/steps/final-sync.ts';
import { freeze } from '../../../shared/steps/freeze.ts';
import { hold } from '../../../shared/steps/hold.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { notify } from '../../../shared/steps/notify.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { protect } from '../../../shared/steps/protect.ts';
import { reconcile } from '../../../shared/steps/reconcile.ts';
import { rest } from '../../../shared/steps/rest.ts';
import { restore } from '../../../shared/steps/restore.ts';
import { reverse } from '../../../shared/steps/reverse.ts';
import { survey } from '../../../shared/steps/survey.ts';
import { openedPlannedShop, type PlannedShop, plannedShop } from '../../support/planned-shop.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { application, primary, recovery, wantsToOpen } from '../../support/sample-run.ts';
import { replica } from '../../support/shop.ts';

const leaseOf = ({ coordinationIn }: PlannedShop) => coordinationIn(recovery.region).lease.read(application);

describe('Detect of a planned run', () => {
  it('opens it when the Region to go to has been well', async () => {
    const all = await plannedShop();
    expect(await all.step(detect)).toMatchObject({ status: 'settled' });
    const { lock } = all.coordinationIn(recovery.region);
    expect(await lock.run('run-1')).toMatchObject({ purpose: 'switchover', from: primary, to: recovery });
  });

  it.each<[string, (all: PlannedShop) => void]>([
    ['has not been well for so long', ({ plan }) => void Object.assign(plan.policy.failback, { stableSeconds: 600 })],
    ['does not answer', ({ world }) => world.loseRegion(recovery.region)],
  ])('refuses it while that Region %s, and opens nothing', async (_title, change) => {
    const all = await plannedShop();
    change(all);
    const { lock } = all.coordinationIn(primary.region);
    // The coordination table of the primary: that of a lost Region answers nobody.
    const deps = { ...all.deps(), coordination: all.coordinationIn(primary.region) };
    const request = { application, purpose: 'switchover', trigger: 'manual', reason: 'test' } as const;
    const input = { machine: 'failback', runId: 'run-1', startedAt: '2026-01-01T12:00:00.000Z', request } as const;
    expect(await detect.run(input, deps)).toMatchObject({ status: 'refused', refusal: 'home-not-well' });
    expect(await lock.charge(application)).toBeUndefined();
  });

  it('refuses the way home when the primary is in charge', async () => {
    const { step } = await plannedShop();
    expect(await step(detect, { purpose: 'failback' })).toMatchObject({ status: 'refused', refusal: 'already-home' });
  });

  it('takes the purpose of the machine when the request names none', async () => {
    const { step } = await plannedShop();
    const result = await step(detect, { purpose: undefined });
    expect(result).toMatchObject({ status: 'refused', refusal: 'already-home' });
  });

  it('refuses a purpose that its machine does not serve', async () => {
    const { step } = await plannedShop();
    expect(await step(detect, { purpose: 'failover' })).toMatchObject({ refusal: 'wrong-machine' });
    expect(await step(detect, { purpose: 'reprotect' })).toMatchObject({ refusal: 'wrong-machine' });
  });

  it('refuses a plan that is not that of the last run, unless it is forced', async () => {
    const all = await openedPlannedShop();
    await all.step(restore);
    Object.assign(all.plan.objectives, { rtoSeconds: 7 });
    expect(await all.step(detect, {}, 'run-2')).toMatchObject({ status: 'refused', refusal: 'plan-changed' });
    const forced = { force: true, reason: 'the objective was lowered' };
    expect(await all.step(detect, forced, 'run-3')).toMatchObject({ status: 'settled' });
  });
});

describe('Reconcile that takes longer than one invocation', () => {
  /** The way back to a primary that stands alone, with as many chunks that differ, of which each takes so long to read. */
  async function longWayBack({ chunks, secondsEach }: { readonly chunks: number; readonly secondsEach: number }) {
    const all = await openedPlannedShop();
    all.answers.to.replica = false;
    all.answers.chunks = { count: chunks, takeSeconds: secondsEach, answer: true };
    const { lock } = all.coordinationIn(recovery.region);
    const run = (await lock.run('run-1')) ?? expect.unreachable();
    // As a failback: only that looks for orphans. Its direction does not matter here.
    const coordination = all.coordinationIn(recovery.region);
    const deps = {
      ...all.deps(),
      coordination: { ...coordination, lock: { ...lock, run: async () => ({ ...run, purpose: 'failback' as const }) } },
    };
    const input = { machine: 'failback', runId: 'run-1', startedAt: '2026-01-01T12:00:00.000Z' } as const;
    const request = { application, trigger: 'manual', reason: 'test' } as const;
    return { ...all, go: () => reconcile.run({ ...input, request }, deps) };
  }

  it('is never silent for so long that the run would be taken over, and names every row in the end', async () => {
    const { clock, coordinationIn, go, plan } = await longWayBack({ chunks: 30, secondsEach: 10 });
    const { journal, lock } = coordinationIn(recovery.region);
    let silentMs = 0;
    let isWatched = true;
    const watching = (async () => {
      while (isWatched) {
        const { heartbeatAt = 0 } = (await lock.state(application)) ?? {};
        silentMs = Math.max(silentMs, clock.now() - heartbeatAt);
        await clock.sleep(1000);
      }
    })();
    const statuses: string[] = [];
    for (let more = 0; more < 20 && statuses.at(-1) !== 'settled'; more++) statuses.push((await go()).status);
    isWatched = false;
    await watching;
    // Both sides of 30 chunks take 600 s, and one invocation looks for 60 s.
    expect(statuses.length).toBeGreaterThanOrEqual(10);
    expect(statuses.at(-1)).toBe('settled');
    // A quarter of the time after which it would be taken over, and the chunk that is read then.
    expect(silentMs).toBeLessThanOrEqual((plan.policy.takeOverAfterSeconds / 4 + 20) * 1000);
    expect(reconciliationOf(await journal.read('run-1'))).toMatchObject({ compared: true, total: 30, writtenDown: 30 });
  });

  it('ends as superseded when another run has taken over in the middle', async () => {
    const { coordinationIn, clock, go } = await longWayBack({ chunks: 30, secondsEach: 10 });
    const { journal, lock } = coordinationIn(recovery.region);
    expect(await go()).toMatchObject({ status: 'waiting' });
    const going = go();
    await clock.sleep(5000);
    await lock.open({ ...wantsToOpen('run-2'), staleAfterMs: 0, coolDownMs: 0 });
    expect(await going).toMatchObject({ status: 'superseded' });
    expect(reconciliationOf(await journal.read('run-1'))).toBeUndefined();
  });

  it('says that it has not compared when a chunk cannot be read, and holds nothing up', async () => {
    const all = await longWayBack({ chunks: 3, secondsEach: 1 });
    all.answers.chunks.answer = false;
    expect(await all.go()).toMatchObject({ status: 'settled', why: expect.stringContaining('the endpoint is silent') });
    const report = reconciliationOf(await all.coordinationIn(recovery.region).journal.read('run-1'));
    expect(report).toMatchObject({ compared: false, total: 0 });
  });

  it('writes down what it has found by the deadline of the step, and holds nothing up', async () => {
    const { coordinationIn, go, plan } = await longWayBack({ chunks: 30, secondsEach: 10 });
    Object.assign(plan.pace, { stepDeadlineSeconds: 300 });
    let status = 'waiting';
    for (let more = 0; more < 20 && status === 'waiting'; more++) status = (await go()).status;
    expect(status).toBe('settled');
    const report = reconciliationOf(await coordinationIn(recovery.region).journal.read('run-1'));
    expect(report?.compared).toBe(false);
    expect(report?.total).toBeGreaterThan(10);
    expect(report?.writtenDown).toBe(report?.total);
  });
});

describe('Freeze', () => {
  it('claims the lease until a time, shuts the gate under the epoch of the run, and leaves the proof', async () => {
    const all = await openedPlannedShop();
    const endsAt = all.clock.now() + 30_000;
    expect(await all.step(freeze)).toMatchObject({ status: 'settled' });
    expect(await leaseOf(all)).toMatchObject({ region: primary.region, claimedBy: 'run-1', claimEndsAt: endsAt });
    expect(all.answers.gateAsked).toEqual([
      { method: 'PUT', url: expect.stringContaining('primary'), epoch: 1, until: 0 },
    ]);
    expect(await all.proof()).toEqual({ by: 'gate', region: primary.region, epoch: 1 });
  });

  it('tells people before anything stands still', async () => {
    const all = await openedPlannedShop();
    await all.step(freeze);
    const calls = all.world.history.map(({ command, input }) => [command, JSON.stringify(input)] as const);
    const told = calls.findIndex(([command]) => command === 'Publish');
    const claimed = calls.findIndex(([command, input]) => command === 'UpdateItem' && input.includes('claimEndsAt'));
    expect(told).toBeGreaterThanOrEqual(0);
    expect(claimed).toBeGreaterThan(told);
  });

  it('outwaits the lease when the gate does not answer', async () => {
    const all = await openedPlannedShop();
    all.answers.gateAnswers = false;
    const expiresAt = (await leaseOf(all))?.expiresAt ?? 0;
    expect(await all.step(freeze)).toMatchObject({ status: 'settled' });
    expect(all.clock.now()).toBe(expiresAt + 1000);
    expect(await all.proof()).toMatchObject({ by: 'lease', expiresAt });
  });

  it('keeps its end when it is repeated', async () => {
    const all = await openedPlannedShop();
    await all.step(freeze);
    const before = await leaseOf(all);
    all.clock.advance(5000);
    expect(await all.step(freeze)).toMatchObject({ status: 'settled' });
    expect(await leaseOf(all)).toEqual(before);
  });

  it('is refused when the guard has taken the lease back', async () => {
    const all = await openedPlannedShop();
    await all.step(freeze);
    const lease = await leaseOf(all);
    await all.coordinationIn(primary.region).lease.release(application, { epoch: 1, claimedBy: 'run-1' });
    expect(lease).toBeDefined();
    expect(await all.step(freeze)).toMatchObject({ status: 'refused', refusal: 'freeze-too-long' });
  });

  it('needs a write lease', async () => {
    const all = await openedPlannedShop((plan) => {
      Object.assign(plan['policy'] as object, { lease: undefined });
    });
    expect(await all.step(freeze)).toMatchObject({ status: 'refused', refusal: 'not-freezable' });
  });
});

/** A switchover in which nobody writes any more. */
async function frozen(change?: (plan: Draft) => void): Promise<PlannedShop> {
  const all = await openedPlannedShop(change);
  await all.step(freeze);
  return all;
}

describe('Final sync and Compare', () => {
  it('wait for the last write, and are settled then', async () => {
    const all = await frozen();
    all.answers.to.position = '69';
    const arrived = all.clock.sleep(2000).then(() => Object.assign(all.answers.to, { position: '70' }));
    expect(await all.step(finalSync)).toMatchObject({ status: 'settled' });
    await arrived;
    expect(await all.step(compare)).toMatchObject({ status: 'settled' });
  });

  it('do not wait past the end of the freeze', async () => {
    const all = await frozen();
    all.answers.to.position = '69';
    const endsAt = all.clock.now() + 30_000;
    expect(await all.step(finalSync)).toMatchObject({ status: 'refused', refusal: 'freeze-too-long' });
    expect(all.clock.now()).toBeLessThanOrEqual(endsAt + 1000);
  });

  it('stop the move when the data differs', async () => {
    const all = await frozen();
    await all.step(finalSync);
    all.answers.rows.to = 2;
    expect(await all.step(compare)).toMatchObject({ status: 'refused', refusal: 'data-differs' });
    expect(await all.step(promote)).toMatchObject({ status: 'refused', refusal: 'not-synced' });
  });

  it('are refused when no resource can show anything', async () => {
    const all = await frozen((plan) => {
      plan.resources.pop();
    });
    expect(await all.step(finalSync)).toMatchObject({ status: 'refused', refusal: 'not-synced' });
  });
});

describe('Promote of a planned run', () => {
  it('demands the proof that nothing is missing', async () => {
    const all = await frozen();
    expect(await all.step(promote)).toMatchObject({ status: 'refused', refusal: 'not-synced' });
    expect(all.substrate.databaseRole(replica)).toBe('standby');
  });

  it('promotes nothing once the guard has let writes go on', async () => {
    const all = await frozen();
    await all.step(finalSync);
    await all.step(compare);
    await all.coordinationIn(primary.region).lease.release(application, { epoch: 1, claimedBy: 'run-1' });
    expect(await all.step(promote)).toMatchObject({ status: 'refused', refusal: 'freeze-too-long' });
    expect(all.substrate.databaseRole(replica)).toBe('standby');
  });

  it('seals the freeze, so that the guard cannot take it back beside the promotion', async () => {
    const all = await frozen();
    await all.step(finalSync);
    await all.step(compare);
    Object.assign(all.plan.pace, { patienceSeconds: 2 });
    all.world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    expect(await all.step(promote)).toMatchObject({ status: 'waiting' });
    const { lease } = all.coordinationIn(primary.region);
    expect(await lease.release(application, { epoch: 1, claimedBy: 'run-1' })).toBe(false);
    expect(await leaseOf(all)).toMatchObject({ claimedBy: 'run-1' });
  });
});

describe('Promote that RDS does not allow', () => {
  it('lets writes go on when the freeze is over and nothing was asked for', async () => {
    const all = await frozen();
    await all.step(finalSync);
    await all.step(compare);
    all.world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    const endsAt = all.clock.now() + 30_000;
    let result = await all.step(promote);
    for (let more = 0; more < 5 && result.status === 'waiting'; more++) result = await all.step(promote);
    expect(result).toMatchObject({ status: 'refused', refusal: 'freeze-too-long' });
    expect(all.clock.now()).toBeLessThan(endsAt + 5000);
    expect(await all.step(restore)).toMatchObject({ status: 'settled' });
    expect(await leaseOf(all)).not.toHaveProperty('claimedBy');
  });
});

describe('A planned run that takes over', () => {
  it('goes on behind a promotion: what was proven holds, and nobody may take the claim back', async () => {
    const all = await frozen();
    for (const step of [finalSync, compare, promote]) expect(await all.step(step)).toMatchObject({ status: 'settled' });
    all.clock.advance(120_001);
    const next = { trigger: 'takeover', takesOver: 'run-1', purpose: undefined };
    for (const step of [detect, survey, rest, reconcile, reverse, freeze, finalSync, compare, promote]) {
      expect(await all.step(step, next, 'run-2')).toMatchObject({ status: 'settled' });
    }
    expect(all.world.history.filter(({ command }) => command === 'CreateDBSnapshot')).toEqual([]);
    expect(await leaseOf(all)).not.toHaveProperty('claimEndsAt');
  });

  it('does not let the guard take a claim back that a promotion may stand behind', async () => {
    const all = await frozen();
    for (const step of [finalSync, compare]) await all.step(step);
    const lost = Object.assign(new Error('lost'), { name: 'TimeoutError' });
    all.world.intercept = ({ command }) => (command === 'PromoteReadReplica' ? lost : undefined);
    await all.step(promote);
    all.world.intercept = undefined;
    all.clock.advance(120_001);
    const next = { trigger: 'takeover', takesOver: 'run-1', purpose: undefined };
    for (const step of [detect, survey, freeze]) {
      expect(await all.step(step, next, 'run-2')).toMatchObject({ status: 'settled' });
    }
    const lease = await leaseOf(all);
    expect(lease).toMatchObject({ claimedBy: 'run-2' });
    expect(lease).not.toHaveProperty('claimEndsAt');
  });
});

describe('The kill switch', () => {
  it('stops a planned run before its promotion, and does not leave both Regions without writes behind it', async () => {
    const all = await frozen();
    for (const step of [finalSync, compare]) await all.step(step);
    Object.assign(all.plan.pace, { patienceSeconds: 2 });
    all.world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    const { killSwitch } = all.coordinationIn(recovery.region);
    const halt = { by: 'ada', reason: 'let me look', at: all.clock.now() };
    await killSwitch.halt(application, halt);
    expect(await all.step(promote)).toMatchObject({ status: 'refused', refusal: 'halted' });
    await killSwitch.resume(application);
    all.world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'available' });
    expect(await all.step(promote)).toMatchObject({ status: 'settled' });
    await killSwitch.halt(application, halt);
    // A person who lets a held run go on sends it to its freeze first.
    for (const step of [freeze, finalSync, compare, promote]) {
      expect(await all.step(step)).toMatchObject({ status: 'settled' });
    }
  });
});

describe('Stop of a planned run that has taken over', () => {
  it('leaves the Region in charge whose database was never promoted, although a run before had meant to', async () => {
    const all = await frozen();
    for (const step of [finalSync, compare]) await all.step(step);
    all.world.intercept = ({ command }) =>
      command === 'PromoteReadReplica' ? Object.assign(new Error('lost'), { name: 'TimeoutError' }) : undefined;
    await all.step(promote);
    all.clock.advance(120_001);
    const next = { trigger: 'takeover', takesOver: 'run-1', purpose: undefined };
    for (const step of [detect, survey]) await all.step(step, next, 'run-2');
    const { directives, lock } = all.coordinationIn(recovery.region);
    const at = all.clock.now();
    const stop = { type: 'stop', by: 'ada', reason: 'enough', at, expiresAt: at + 900_000 } as const;
    await directives.record('run-2', stop);
    expect(await all.step(hold, next, 'run-2')).toMatchObject({ status: 'refused', refusal: 'hold-ended' });
    expect(await lock.charge(application)).toMatchObject({ activeRegion: primary.region });
  });
});

describe('Restore of a planned run', () => {
  it('lets writes go on where they were', async () => {
    const all = await frozen();
    expect(await all.step(restore)).toMatchObject({ status: 'settled' });
    const lease = await leaseOf(all);
    expect(lease).toMatchObject({ region: primary.region });
    expect(lease).not.toHaveProperty('claimedBy');
  });
});

describe('A failover during a planned run', () => {
  it('takes over at once, although the planned run is alive', async () => {
    const all = await frozen();
    const failover = {
      machine: 'failover',
      runId: 'run-2',
      startedAt: new Date(all.clock.now()).toISOString(),
    } as const;
    const request = { application, trigger: 'manual', reason: 'the primary burns' } as const;
    expect(await detect.run({ ...failover, request }, all.deps())).toMatchObject({ status: 'settled' });
    expect(await survey.run({ ...failover, request }, all.deps())).toMatchObject({ status: 'settled' });
    expect(await all.step(promote)).toMatchObject({ status: 'refused' });
    expect(await all.step(restore)).toMatchObject({ status: 'superseded' });
    const { lock } = all.coordinationIn(recovery.region);
    expect(await lock.run('run-2')).toMatchObject({ purpose: 'failover', takesOver: 'run-1', epoch: 2 });
  });
});

describe('A failover that has pre-empted a planned run in its freeze', () => {
  it('is bound by no freeze: it waits for its promotion as long as any', async () => {
    const all = await frozen();
    all.world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    Object.assign(all.plan.pace, { patienceSeconds: 2 });
    const input = { machine: 'failover', runId: 'run-2', startedAt: new Date(all.clock.now()).toISOString() } as const;
    const request = { application, trigger: 'manual', reason: 'the primary burns' } as const;
    const failover = (step: Step) => step.run({ ...input, request }, all.deps());
    for (const step of [detect, survey, isolate]) await failover(step);
    all.clock.advance(60_000);
    expect(await failover(promote)).toMatchObject({ status: 'waiting' });
  });
});

describe('Protect', () => {
  it('starts a reprotect in the Region it runs in, once', async () => {
    const all = await openedPlannedShop();
    const sfn = mockClient(SFNClient).on(StartExecutionCommand).resolves({});
    expect(await all.step(protect)).toMatchObject({ status: 'settled' });
    const [call] = sfn.commandCalls(StartExecutionCommand);
    expect(call?.args[0].input).toMatchObject({
      name: 'shop-reprotect-1',
      stateMachineArn: expect.stringMatching(/eu-central-1:.*:understudy-reprotect$/),
    });
    expect(JSON.parse(call?.args[0].input.input ?? '')).toMatchObject({ application, purpose: 'reprotect' });
    sfn.rejects(new ExecutionAlreadyExists({ message: 'it runs', $metadata: {} }));
    expect(await all.step(protect)).toMatchObject({ status: 'settled' });
    sfn.restore();
  });
});

describe('Notify of a reprotect', () => {
  it('speaks from the Region in charge: the one that it repairs may be down', async () => {
    const topicIn = (region: string) => `arn:aws:sns:${region}:123456789012:shop`;
    const all = await plannedShop((plan) => {
      const topics = { primary: topicIn(primary.region), recovery: topicIn(recovery.region) };
      plan['notifications'] = [{ channel: 'sns', ...topics }];
    });
    all.world.sns(primary.region).seedTopic('shop');
    const { lock } = all.coordinationIn(primary.region);
    await lock.open(wantsToOpen('reprotect-1', { purpose: 'reprotect' }));
    all.world.loseRegion(recovery.region);
    const request = { application, purpose: 'reprotect', trigger: 'manual', reason: 'test' } as const;
    const startedAt = new Date(all.clock.now()).toISOString();
    const input = { machine: 'reprotect', runId: 'reprotect-1', startedAt, request } as const;
    expect(await notify.run(input, all.deps(primary.region))).toMatchObject({ status: 'settled' });
    expect(all.world.sns(primary.region).messages).toHaveLength(1);
  });
});
