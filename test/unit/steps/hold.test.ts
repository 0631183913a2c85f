import { describe, expect, it } from 'vitest';
import { confirm } from '../../../shared/steps/confirm.ts';
import { hold } from '../../../shared/steps/hold.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { scale } from '../../../shared/steps/scale.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { replica, type Shop, surveyedShop } from '../../support/shop.ts';

const brief = (plan: Draft): void => {
  plan['policy'] = { hold: { pageEverySeconds: 600, giveUpAfterSeconds: 3600 } };
};
const record = (all: Shop, changes: object): Promise<void> => {
  const at = all.clock.now();
  const directive = { by: 'ada', reason: 'because', at, expiresAt: at + 900_000, ...changes };
  return all.coordinationIn(recovery.region).directives.record('run-1', directive as never);
};
const pages = ({ world }: Shop): number => world.history.filter(({ command }) => command === 'Publish').length;

async function heldShop(): Promise<Shop> {
  const all = await surveyedShop(brief);
  await all.step(isolate);
  await all.step(promote);
  await all.step(hold);
  return all;
}

describe('Hold', () => {
  it('waits for a person, and pages again when nobody comes', async () => {
    const all = await heldShop();
    expect(await all.step(hold)).toMatchObject({ status: 'waiting' });
    expect(pages(all)).toBe(0);
    all.clock.advance(600_000);
    await all.step(hold);
    await all.step(hold);
    expect(pages(all)).toBe(1);
  });

  it('lets the run go on when somebody says so, once', async () => {
    const all = await heldShop();
    await record(all, { type: 'resume' });
    expect(await all.step(hold)).toMatchObject({ status: 'settled' });
    expect(await all.step(hold)).toMatchObject({ status: 'waiting' });
    expect((await all.told()).filter((line) => line === 'hold answered').length).toBe(1);
  });

  it('does not hear answers to other questions, nor what has expired', async () => {
    const all = await heldShop();
    await record(all, { type: 'decline' });
    await record(all, { type: 'resume', expiresAt: all.clock.now() });
    expect(await all.step(hold)).toMatchObject({ status: 'waiting' });
  });

  it('goes on without a resource that a person has had skipped', async () => {
    const all = await heldShop();
    await record(all, { type: 'skip', resource: 'orders-service' });
    expect(await all.step(hold)).toMatchObject({ status: 'settled', why: 'skip orders-service, by ada: because' });
    expect(await all.step(scale)).toMatchObject({ status: 'settled', why: 'nothing to scale' });
    expect(all.desired(recovery.region)).toBe(0);
  });

  it('ends the run as it is, with the Region in charge that has the data', async () => {
    const all = await heldShop();
    await record(all, { type: 'stop' });
    expect(await all.step(hold)).toMatchObject({ status: 'refused', refusal: 'hold-ended' });
    const { lock } = all.coordinationIn(recovery.region);
    expect(await lock.charge(application)).toEqual({ activeRegion: recovery.region, epoch: 1 });
    expect((await lock.state(application))?.lastRun).toMatchObject({ end: 'abandoned' });
  });

  it('leaves the Region in charge that was, when nothing was promoted', async () => {
    const all = await surveyedShop(brief);
    await all.step(hold);
    await record(all, { type: 'stop' });
    await all.step(hold);
    const { lock } = all.coordinationIn(recovery.region);
    expect(await lock.charge(application)).toEqual({ activeRegion: primary.region, epoch: 1 });
  });

  describe('when a promotion was intended, and no answer came', () => {
    const unheard = (all: Shop): void => {
      const noAnswer = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      all.world.intercept = ({ command }) => (command === 'PromoteReadReplica' ? noAnswer : undefined);
    };
    const stopped = async (waitMs: number, then: (all: Shop) => void = () => undefined) => {
      const all = await surveyedShop(brief);
      unheard(all);
      await all.step(isolate);
      await all.step(promote);
      all.clock.advance(waitMs);
      then(all);
      await all.step(hold);
      await record(all, { type: 'stop' });
      const { why } = await all.step(hold);
      const state = await all.coordinationIn(recovery.region).lock.state(application);
      return { activeRegion: state?.activeRegion, end: state?.lastRun?.end, why };
    };

    it('looks where the data is: a standby that still stands by was never promoted', async () => {
      const { why, ...ended } = await stopped(31_000);
      expect(ended).toEqual({ activeRegion: primary.region, end: 'stopped' });
      expect(why).toContain('remains: orders-service: fence');
    });

    it('waits until a promotion that came about would show', async () => {
      const all = await surveyedShop(brief);
      unheard(all);
      await all.step(isolate);
      await all.step(promote);
      const journal = await all.coordinationIn(recovery.region).journal.read('run-1');
      const intendedAt = journal.findLast(({ event, step }) => event === 'intended' && step === 'promote')?.at ?? 0;
      expect(all.clock.now() - intendedAt).toBeLessThan(30_000);
      await record(all, { type: 'stop' });
      expect(await all.step(hold)).toMatchObject({ refusal: 'hold-ended' });
      expect(all.clock.now() - intendedAt).toBeGreaterThanOrEqual(30_000);
    });

    it('takes it for promoted when the standby cannot be looked at', async () => {
      const noAnswer = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      const deaf = ({ world }: Shop): void => {
        world.intercept = ({ service }) => (service === 'RDS' ? noAnswer : undefined);
      };
      expect(await stopped(31_000, deaf)).toMatchObject({ activeRegion: recovery.region, end: 'abandoned' });
    });

    it('takes it for promoted when the standby is changing', async () => {
      const changing = ({ world }: Shop): void =>
        world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'modifying' });
      expect(await stopped(31_000, changing)).toMatchObject({ activeRegion: recovery.region, end: 'abandoned' });
    });
  });

  it('gives up at last, and keeps the lock for a takeover', async () => {
    const all = await heldShop();
    all.clock.advance(3_600_000);
    expect(await all.step(hold)).toMatchObject({ status: 'refused', refusal: 'hold-ended' });
    expect(await all.coordinationIn(recovery.region).lock.charge(application)).toMatchObject({ runId: 'run-1' });
  });

  it('begins anew when the run is held a second time', async () => {
    const all = await heldShop();
    await record(all, { type: 'resume' });
    await all.step(hold);
    all.clock.advance(3_600_000);
    await all.step(confirm).catch(() => undefined);
    expect(await all.step(hold)).toMatchObject({ status: 'waiting' });
  });
});
