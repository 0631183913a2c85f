import { describe, expect, it } from 'vitest';
import { detect } from '../../../shared/steps/detect.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { restore } from '../../../shared/steps/restore.ts';
import { scale } from '../../../shared/steps/scale.ts';
import { survey } from '../../../shared/steps/survey.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { replica, type Shop, surveyedShop } from '../../support/shop.ts';

/** A run that has promoted and then died; the next one takes over from it. */
async function takenOver(): Promise<Shop> {
  const all = await surveyedShop();
  for (const step of [isolate, promote]) expect(await all.step(step)).toMatchObject({ status: 'settled' });
  all.clock.advance(120_001);
  for (const step of [detect, survey, isolate]) {
    expect(await all.step(step, {}, 'run-2')).toMatchObject({ status: 'settled' });
  }
  return all;
}

describe('A run that takes over after the promotion', () => {
  it('goes on from there, and promotes nothing again', async () => {
    const { step, world } = await takenOver();
    expect(await step(promote, {}, 'run-2')).toMatchObject({ status: 'settled' });
    expect(await step(scale, {}, 'run-2')).toMatchObject({ status: 'settled' });
    expect(world.history.filter(({ command }) => command === 'PromoteReadReplica')).toHaveLength(1);
  });

  it('never goes back: the standby is the writer, whoever promoted it', async () => {
    const { coordinationIn, desired, step, substrate } = await takenOver();
    await step(promote, {}, 'run-2');
    expect(await step(restore, {}, 'run-2')).toMatchObject({ status: 'refused', refusal: 'point-of-no-return-passed' });
    expect(substrate.databaseRole(replica)).toBe('writer');
    expect(desired(primary.region)).toBe(0);
    const { lock } = coordinationIn(recovery.region);
    expect(await lock.charge(application)).toMatchObject({ runId: 'run-2', epoch: 2 });
  });

  it('never goes back either when it fails before its own Promote', async () => {
    const { desired, step } = await takenOver();
    expect(await step(restore, {}, 'run-2')).toMatchObject({ status: 'refused', refusal: 'point-of-no-return-passed' });
    expect(desired(primary.region)).toBe(0);
  });
});

describe('A run that waits', () => {
  it('is not taken over as long as its steps are invoked', async () => {
    const { clock, step, world } = await surveyedShop();
    await step(isolate);
    world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    for (let minute = 0; minute < 5; minute++) {
      expect(await step(promote)).toMatchObject({ status: 'waiting' });
      clock.advance(60_000);
    }
    expect(await step(detect, {}, 'run-2')).toMatchObject({ status: 'refused', refusal: 'run-active' });
  });
});
