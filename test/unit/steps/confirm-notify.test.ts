import { describe, expect, it } from 'vitest';
import { confirm } from '../../../shared/steps/confirm.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { notify } from '../../../shared/steps/notify.ts';
import { restore } from '../../../shared/steps/restore.ts';
import { application, recovery } from '../../support/sample-run.ts';
import { surveyedShop } from '../../support/shop.ts';

describe('Confirm', () => {
  it('hands the charge over and closes the run, also when it is repeated', async () => {
    const { coordinationIn, step, told } = await surveyedShop();
    expect(await step(confirm)).toMatchObject({ status: 'settled' });
    expect(await step(confirm)).toMatchObject({ status: 'settled' });
    const { lock } = coordinationIn(recovery.region);
    expect(await lock.charge(application)).toEqual({ activeRegion: recovery.region, epoch: 1 });
    expect(await told()).toContain('confirm run-closed');
  });

  it('hands nothing over for a run that was overtaken', async () => {
    const { clock, coordinationIn, step } = await surveyedShop();
    clock.advance(120_001);
    await step(detect, {}, 'run-2');
    expect(await step(confirm)).toMatchObject({ status: 'superseded', refusal: 'stale-epoch' });
    expect(await coordinationIn(recovery.region).lock.charge(application)).toMatchObject({ epoch: 2, runId: 'run-2' });
  });
});

describe('Notify', () => {
  it.each([
    ['a recovery', confirm, /recovered in eu-central-1/],
    ['a stop', restore, /STOPPED/],
  ])('tells people about %s in the Region being activated', async (_title, last, subject) => {
    const { step, world } = await surveyedShop();
    await step(last);
    expect(await step(notify)).toMatchObject({ status: 'settled' });
    expect(world.sns(recovery.region).messages.map((message) => message.subject)).toEqual([
      expect.stringMatching(subject),
    ]);
  });

  it('does not fail because a channel is dead, but writes it down', async () => {
    const { step, told, world } = await surveyedShop((plan) => {
      const dead = `arn:aws:sns:${recovery.region}:123456789012:nobody`;
      const alive = dead.replace('nobody', 'shop');
      plan['notifications'] = [dead, alive].map((arn) => ({ channel: 'sns', primary: arn, recovery: arn }));
    });
    await step(confirm);
    const result = await step(notify);
    expect(result).toMatchObject({ status: 'settled' });
    expect(result.why).toMatch(/1 of 2/);
    expect((await told()).filter((line) => line.startsWith('notify'))).toEqual([
      'notify step-started',
      'notify failed',
      'notify step-finished',
    ]);
    expect(world.sns(recovery.region).messages.length).toBe(1);
  });
});
