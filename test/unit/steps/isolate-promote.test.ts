import { ServerException } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { evaluate } from '../../../shared/steps/evaluate.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { restore } from '../../../shared/steps/restore.ts';
import { survey } from '../../../shared/steps/survey.ts';
import { leased } from '../../support/leased.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { replica, type Shop, shop, surveyedShop } from '../../support/shop.ts';
import { noon } from '../../support/virtual-clock.ts';

const proceeding = (plan: Draft): void => {
  plan['policy'] = { isolation: { whenUnconfirmed: 'proceed' } };
};
const toPrimary = ({ endpointRegion, service }: ApiCall): boolean =>
  endpointRegion === primary.region && service === 'ECS';
const busy = new ServerException({ message: 'busy', $metadata: { httpStatusCode: 500 } });
const denied = Object.assign(new ServerException({ message: 'no', $metadata: { httpStatusCode: 403 } }), {
  name: 'AccessDeniedException',
});

describe('Isolate', () => {
  it('stops the writers of the Region being left, and is settled when none runs', async () => {
    const { desired, step, substrate } = await surveyedShop();
    expect(await step(isolate)).toMatchObject({ status: 'settled' });
    expect(desired(primary.region)).toBe(0);
    expect(substrate.runningTasks({ region: primary.region, cluster: 'shop', service: 'orders' })).toBe(0);
    expect(desired(recovery.region)).toBe(0);
  });

  it('acts not again when it is repeated', async () => {
    const { step, world } = await surveyedShop();
    await step(isolate);
    await step(isolate);
    expect(world.history.filter(({ command }) => command === 'UpdateService').length).toBe(1);
  });

  const sick: readonly [string, (all: Shop) => void][] = [
    ['does not answer', ({ world }) => world.loseRegion(primary.region)],
    [
      'answers with errors',
      ({ world }) => Object.assign(world, { intercept: (call: ApiCall) => (toPrimary(call) ? busy : undefined) }),
    ],
    [
      'lets nobody in',
      ({ world }) => Object.assign(world, { intercept: (call: ApiCall) => (toPrimary(call) ? denied : undefined) }),
    ],
  ];
  it.each(sick)('stops the run when the Region %s, and the plan does not accept that', async (_title, fall) => {
    const all = await surveyedShop();
    fall(all);
    expect(await all.step(isolate)).toMatchObject({ status: 'refused', refusal: 'isolation-unconfirmed' });
  });

  it.each(sick)('goes on when the Region %s, and the plan accepts that', async (_title, fall) => {
    const all = await surveyedShop(proceeding);
    fall(all);
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    // The patience of the plan, and one last call that nobody answers.
    expect(all.clock.now()).toBeLessThanOrEqual(noon + 12_000);
    expect(await all.step(promote)).toMatchObject({ status: 'settled' });
  });

  it('goes forward behind a promotion by the proof with which it was made, and not before one', async () => {
    const all = await surveyedShop();
    await all.step(isolate);
    const proof = await all.proof();
    all.world.loseRegion(primary.region);
    expect(await all.step(isolate)).toMatchObject({ refusal: 'isolation-unconfirmed' });
    expect(await all.step(promote)).toMatchObject({ refusal: 'not-isolated' });
    all.world.restoreRegion(primary.region);
    await all.step(isolate);
    await all.step(promote);
    all.world.loseRegion(primary.region);
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect(proof).toMatchObject({ by: 'fence' });
    expect(await all.proof()).toEqual(proof);
    expect(await all.step(promote)).toMatchObject({ status: 'settled' });
  });

  const mayNotFence = ({ command, endpointRegion }: ApiCall) =>
    command === 'UpdateService' && endpointRegion === primary.region ? denied : undefined;

  it('says what it sees when it goes by the proof of the promotion', async () => {
    const { clock, step, substrate, world } = await surveyedShop();
    await step(isolate);
    await step(promote);
    const service = { cluster: 'shop', service: 'orders' };
    await world.ecs(primary.region).operations.UpdateService({ ...service, desiredCount: 4 });
    await clock.sleep(20_000);
    world.intercept = mayNotFence;
    expect(await step(isolate)).toMatchObject({ status: 'settled', why: expect.stringContaining('AccessDenied') });
    expect(substrate.runningTasks({ region: primary.region, ...service })).toBe(4);
  });

  it('of two databases, the one that is not promoted yet needs a proof of now', async () => {
    const all = await twoDatabases();
    const { clock, step, substrate, world } = all;
    await step(isolate);
    world.intercept = ({ command, input }) =>
      command === 'PromoteReadReplica' && JSON.stringify(input).includes(bills.instance) ? denied : undefined;
    await expect(step(promote)).rejects.toMatchObject({ name: 'TerminalError' });
    expect([replica, bills].map((one) => substrate.databaseRole(one))).toEqual(['writer', 'standby']);
    await world.ecs(primary.region).operations.UpdateService({ cluster: 'shop', service: 'orders', desiredCount: 4 });
    await clock.sleep(20_000);
    world.intercept = mayNotFence;
    expect(await step(isolate)).toMatchObject({ refusal: 'isolation-unconfirmed' });
    expect(await step(promote)).toMatchObject({ refusal: 'not-isolated' });
    expect(substrate.databaseRole(bills)).toBe('standby');
  });

  it('takes no proof whose fence Restore has opened again, though somebody has promoted by hand since', async () => {
    const all = await surveyedShop();
    await all.step(isolate);
    const isClosing = /run-closed|"lastRun"/;
    all.world.intercept = ({ input }) => (isClosing.test(JSON.stringify(input)) ? new Error('died') : undefined);
    await expect(all.step(restore)).rejects.toThrow('died');
    all.world.intercept = undefined;
    expect(all.desired(primary.region)).toBe(4);
    await all.world.rds(recovery.region).operations.PromoteReadReplica({ DBInstanceIdentifier: replica.instance });
    await all.clock.sleep(120_001);
    await all.step(detect, {}, 'run-2');
    await all.step(survey, {}, 'run-2');
    all.world.intercept = mayNotFence;
    expect(await all.step(isolate, {}, 'run-2')).toMatchObject({ refusal: 'isolation-unconfirmed' });
  });

  /** Promote has begun, and its process has died: before its call was sent, or after it. */
  async function diedInPromote(when: 'before' | 'after'): Promise<Shop> {
    const all = await surveyedShop();
    await all.step(isolate);
    const isCall = ({ command }: ApiCall) => command === 'PromoteReadReplica';
    const isLineAfter = ({ input }: ApiCall) => /"acted"|"rejected"|"settled"/.test(JSON.stringify(input));
    all.world.intercept = (call) =>
      (when === 'before' ? isCall(call) : isLineAfter(call)) ? new Error('died') : undefined;
    await expect(all.step(promote)).rejects.toThrow('died');
    all.world.intercept = undefined;
    all.world.loseRegion(primary.region);
    return all;
  }

  it('takes a promotion that was never sent for none: that one needs a proof of now', async () => {
    const all = await diedInPromote('before');
    expect(await all.step(isolate)).toMatchObject({ refusal: 'isolation-unconfirmed' });
    expect(await all.step(promote)).toMatchObject({ refusal: 'not-isolated' });
  });

  it('goes forward behind one that nobody has seen, once it shows', async () => {
    const all = await diedInPromote('after');
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect(await all.proof()).toMatchObject({ by: 'fence' });
  });

  it('does not take a failure of the coordination table for a fence', async () => {
    const all = await surveyedShop(proceeding);
    all.world.intercept = (call) => (call.service === 'DynamoDB' && call.mutating ? busy : undefined);
    await expect(all.step(isolate)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

const bills = { region: recovery.region, instance: 'bills-replica' };

/** A shop with a second database, surveyed. */
async function twoDatabases(): Promise<Shop> {
  const second = { id: 'bills-db', primary: { instance: 'bills' }, recovery: { instance: bills.instance } };
  const all = await shop((plan) => void plan.resources.push({ kind: 'rds-read-replica', ...second }));
  const { clock, deps, plan, step, substrate, world } = all;
  const source = `arn:aws:rds:${primary.region}:${world.host.account}:db:bills`;
  world.rds(primary.region).seedInstance({ DBInstanceIdentifier: 'bills' });
  world
    .rds(recovery.region)
    .seedInstance({ DBInstanceIdentifier: bills.instance, ReadReplicaSourceDBInstanceIdentifier: source });
  substrate.seedDatabase(bills, 'standby');
  const lag = {
    MetricName: 'ReplicaLag',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: bills.instance }],
    Timestamp: new Date(clock.now() - 120_000),
    Value: 0.5,
  };
  world.cloudWatch(recovery.region).operations.PutMetricData({ Namespace: 'AWS/RDS', MetricData: [lag] });
  await evaluate(plan, deps());
  await step(detect);
  await step(survey);
  return all;
}

/** A shop whose primary holds a lease that ends 14 s from now, and then falls silent. */
async function leasedAndLost(change = leased): Promise<Shop> {
  const all = await surveyedShop(change);
  const { clock, coordinationIn, world } = all;
  const { lease } = coordinationIn(primary.region);
  await lease.begin(application, { region: primary.region, epoch: 0 });
  await lease.renew(application, { region: primary.region, epoch: 0, expiresAt: 0 }, clock.now() + 14_000);
  world.loseRegion(primary.region);
  return all;
}

describe('Isolate with a write lease', () => {
  it('outwaits the lease and the skew when a fence is not confirmed, and no longer', async () => {
    const all = await leasedAndLost();
    const expiresAt = all.clock.now() + 14_000;
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect(all.clock.now()).toBe(expiresAt + 1000);
    expect(await all.proof()).toEqual({ by: 'lease', region: primary.region, epoch: 1, expiresAt, skewSeconds: 1 });
  });

  it('hands back waiting when that takes longer than its patience, and goes on where it was', async () => {
    const all = await leasedAndLost();
    Object.assign(all.plan.pace, { patienceSeconds: 2 });
    const until = all.clock.now() + 15_000;
    const waited = await all.step(isolate);
    expect(waited).toMatchObject({ status: 'waiting', retryAfterSeconds: Math.ceil((until - all.clock.now()) / 1000) });
    expect(all.clock.now()).toBeLessThan(until);
    expect(await all.step(promote)).toMatchObject({ refusal: 'not-isolated' });
    all.clock.advance(10_000);
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect((await all.told()).filter((line) => line.includes('write lease'))).toEqual([
      'isolate intended write lease',
      'isolate acted write lease',
    ]);
  });

  it('does not wait when the fences hold', async () => {
    const all = await leasedAndLost();
    all.world.restoreRegion(primary.region);
    const before = all.clock.now();
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect(all.clock.now() - before).toBeLessThan(5000);
    expect(await all.proof()).toMatchObject({ by: 'fence' });
  });

  it('outwaits where the plan fences nothing: that all is as planned proves nothing', async () => {
    const all = await leasedAndLost((plan) => {
      leased(plan);
      Object.assign(plan.resources[1] ?? {}, { isolate: false });
    });
    all.world.restoreRegion(primary.region);
    const expiresAt = all.clock.now() + 14_000;
    expect(await all.step(isolate)).toMatchObject({ status: 'settled' });
    expect(await all.proof()).toMatchObject({ by: 'lease', expiresAt });
    expect(all.clock.now()).toBe(expiresAt + 1000);
  });

  it('does not believe in a lease that was never granted', async () => {
    const all = await surveyedShop(leased);
    all.world.loseRegion(primary.region);
    expect(await all.step(isolate)).toMatchObject({ status: 'refused', refusal: 'isolation-unconfirmed' });
  });

  it('leaves the lease with the Region that a run before has handed it to', async () => {
    const all = await leasedAndLost();
    await all.step(isolate);
    await all.step(promote);
    const handed = await all.coordinationIn(recovery.region).lease.read(application);
    all.clock.advance(120_001);
    await all.step(detect, {}, 'run-2');
    expect(await all.step(isolate, {}, 'run-2')).toMatchObject({ status: 'settled' });
    expect(await all.proof('run-2')).toEqual({ by: 'handover', region: recovery.region, epoch: 1 });
    expect(await all.coordinationIn(recovery.region).lease.read(application)).toEqual(handed);
    expect(await all.step(promote, {}, 'run-2')).toMatchObject({ status: 'settled' });
  });

  it('is overtaken by a newer claim', async () => {
    const all = await leasedAndLost();
    all.clock.advance(120_001);
    await all.step(detect, {}, 'run-2');
    await all.step(isolate, {}, 'run-2');
    expect(await all.step(isolate)).toMatchObject({ status: 'superseded', refusal: 'stale-epoch' });
  });
});

describe('Promote with a write lease', () => {
  it('grants the lease to the Region being activated, and names the proof', async () => {
    const all = await leasedAndLost();
    await all.step(isolate);
    const promoted = await all.step(promote);
    expect(promoted).toMatchObject({ status: 'settled' });
    expect(promoted.why).toMatch(/^lease of eu-west-1, claimed under epoch 1, expired at /);
    expect(await all.coordinationIn(recovery.region).lease.read(application)).toEqual({
      region: recovery.region,
      epoch: 1,
      expiresAt: all.clock.now() + 15_000,
    });
  });

  it('waits while its own clock has not reached what Isolate has outwaited', async () => {
    const all = await leasedAndLost();
    await all.step(isolate);
    all.clock.advance(-500);
    expect(await all.step(promote)).toMatchObject({ status: 'waiting' });
    expect(all.substrate.databaseRole(replica)).toBe('standby');
  });
});

describe('Promote', () => {
  it('refuses to begin without Isolate in the journal', async () => {
    const { step, world } = await surveyedShop();
    expect(await step(promote)).toMatchObject({ status: 'refused', refusal: 'not-isolated' });
    expect(world.history.filter(({ command }) => command === 'PromoteReadReplica')).toEqual([]);
  });

  it('refuses to begin when Isolate was refused', async () => {
    const { step, world } = await surveyedShop();
    world.loseRegion(primary.region);
    await step(isolate);
    expect(await step(promote)).toMatchObject({ status: 'refused', refusal: 'not-isolated' });
  });

  it('refuses to begin while Isolate has only begun', async () => {
    const { step, world } = await surveyedShop();
    world.intercept = (call) => (JSON.stringify(call.input).includes('step-finished') ? new Error('crash') : undefined);
    await expect(step(isolate)).rejects.toThrow('crash');
    world.intercept = undefined;
    expect(await step(promote)).toMatchObject({ status: 'refused', refusal: 'not-isolated' });
  });

  it('makes the standby the writer, once', async () => {
    const { step, substrate, world } = await surveyedShop();
    await step(isolate);
    expect(await step(promote)).toMatchObject({ status: 'settled' });
    expect(await step(promote)).toMatchObject({ status: 'settled' });
    expect(substrate.databaseRole(replica)).toBe('writer');
    expect(world.history.filter(({ command }) => command === 'PromoteReadReplica').length).toBe(1);
  });

  it('does nothing when it was overtaken', async () => {
    const { clock, step, substrate } = await surveyedShop();
    await step(isolate);
    clock.advance(120_001);
    await step(detect, {}, 'run-2');
    expect(await step(promote)).toMatchObject({ status: 'superseded', refusal: 'stale-epoch' });
    expect(substrate.databaseRole(replica)).toBe('standby');
  });
});
