import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { restore } from '../../../shared/steps/restore.ts';
import { scale } from '../../../shared/steps/scale.ts';
import { leased } from '../../support/leased.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { type Shop, surveyedShop } from '../../support/shop.ts';
import { noon } from '../../support/virtual-clock.ts';

const regionsChanged = (history: readonly ApiCall[]): readonly string[] =>
  history.filter(({ command }) => command === 'UpdateService').map(({ endpointRegion }) => endpointRegion);
async function isolatedAndScaled(): Promise<Shop> {
  const all = await surveyedShop();
  await all.step(isolate);
  await all.step(scale);
  return all;
}

describe('Scale', () => {
  it('starts as many tasks as the Region being left had when all was well', async () => {
    const { desired } = await isolatedAndScaled();
    expect([desired(primary.region), desired(recovery.region)]).toEqual([0, 4]);
  });
});

describe('Restore', () => {
  it('puts everything back, newest first, and gives the lock back', async () => {
    const { coordinationIn, desired, step, told, world } = await isolatedAndScaled();
    const before = regionsChanged(world.history).length;
    expect(await step(restore)).toMatchObject({ status: 'settled' });
    expect([desired(primary.region), desired(recovery.region)]).toEqual([4, 0]);
    expect(regionsChanged(world.history).slice(before)).toEqual([recovery.region, primary.region]);
    expect((await told()).slice(-5)).toEqual([
      'restore step-started',
      'restore undone orders-service',
      'restore undone orders-service',
      'restore run-closed',
      'restore step-finished',
    ]);
    const { lock } = coordinationIn(recovery.region);
    expect(await lock.charge(application)).toEqual({ activeRegion: primary.region, epoch: 1 });
  });

  it('has nothing to undo before anything was done', async () => {
    const { coordinationIn, step, world } = await surveyedShop();
    expect(await step(restore)).toMatchObject({ status: 'settled' });
    expect(regionsChanged(world.history)).toEqual([]);
    expect(await coordinationIn(recovery.region).lock.charge(application)).toMatchObject({ epoch: 1 });
  });

  it('undoes what nobody answered, too', async () => {
    const { desired, step, world } = await surveyedShop();
    world.intercept = ({ command }) => (command === 'UpdateService' ? 'lost-answer' : undefined);
    await step(isolate);
    world.intercept = undefined;
    expect(desired(primary.region)).toBe(0);
    await step(restore);
    expect(desired(primary.region)).toBe(4);
  });

  it('goes on where a crash has ended it, and undoes nothing twice', async () => {
    const { desired, step, told, world } = await isolatedAndScaled();
    let updates = 0;
    world.intercept = ({ command }) =>
      command === 'UpdateService' && ++updates === 2 ? new TypeError('crash') : undefined;
    await expect(step(restore)).rejects.toThrow('crash');
    world.intercept = undefined;
    expect(await step(restore)).toMatchObject({ status: 'settled' });
    expect([desired(primary.region), desired(recovery.region)]).toEqual([4, 0]);
    expect((await told()).filter((line) => line.includes('undone')).length).toBe(2);
  });

  it('says what remains when the Region does not answer, and stops all the same', async () => {
    const { coordinationIn, desired, step, world } = await isolatedAndScaled();
    world.loseRegion(primary.region);
    const result = await step(restore);
    expect(result).toMatchObject({ status: 'settled' });
    expect(result.why).toMatch(/1 of 2 effects undone.*remains: orders-service/);
    expect(desired(recovery.region)).toBe(0);
    expect(await coordinationIn(recovery.region).lock.charge(application)).toEqual({
      activeRegion: primary.region,
      epoch: 1,
    });
  });

  it('refuses after the point of no return, and touches nothing', async () => {
    const { coordinationIn, desired, step } = await isolatedAndScaled();
    await step(promote);
    expect(await step(restore)).toMatchObject({ status: 'refused', refusal: 'point-of-no-return-passed' });
    expect([desired(primary.region), desired(recovery.region)]).toEqual([0, 4]);
    expect(await coordinationIn(recovery.region).lock.charge(application)).toMatchObject({ runId: 'run-1' });
  });

  it('refuses when nobody knows whether the promotion happened', async () => {
    const { step, world } = await isolatedAndScaled();
    world.intercept = ({ command }) => {
      if (command !== 'PromoteReadReplica') return undefined;
      world.loseRegion(primary.region);
      return new TypeError('crash');
    };
    await expect(step(promote)).rejects.toThrow('crash');
    world.intercept = undefined;
    expect(await step(restore)).toMatchObject({ status: 'refused', refusal: 'point-of-no-return-passed' });
  });

  it('gives the write lease back, so that the guard can renew it again', async () => {
    const all = await surveyedShop(leased);
    const { lease } = all.coordinationIn(primary.region);
    await lease.begin(application, { region: primary.region, epoch: 0 });
    await all.step(isolate);
    expect(await lease.read(application)).toMatchObject({ claimedBy: 'run-1' });
    expect(await all.step(restore)).toMatchObject({ status: 'settled' });
    const back = { region: primary.region, epoch: 1, expiresAt: 0 };
    expect(await lease.read(application)).toEqual(back);
    expect(await lease.renew(application, back, noon)).toMatchObject({ expiresAt: noon });
    expect(await all.told()).toContain('restore undone write lease');
  });

  it('undoes nothing for a run that was overtaken', async () => {
    const { clock, desired, step } = await isolatedAndScaled();
    clock.advance(120_001);
    await step(detect, {}, 'run-2');
    expect(await step(restore)).toMatchObject({ status: 'superseded', refusal: 'stale-epoch' });
    expect([desired(primary.region), desired(recovery.region)]).toEqual([0, 4]);
  });
});
