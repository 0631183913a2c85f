import { describe, expect, it } from 'vitest';
import type { Directive } from '../../../shared/domain/directive.ts';
import { approve } from '../../../shared/steps/approve.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import { leased } from '../../support/leased.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { application, recovery } from '../../support/sample-run.ts';
import { replica, type Shop, surveyedShop } from '../../support/shop.ts';

const manual = (plan: Draft): void => {
  plan['policy'] = { approval: 'manual', approvalWithinSeconds: 300 };
};
/** The sample shop lags by 0.5 s. */
const strict = (plan: Draft): void => {
  plan['objectives'] = { rtoSeconds: 300, rpoSeconds: 0.1 };
  plan['policy'] = { approvalWithinSeconds: 300 };
};

const said = ({ clock }: Shop, changes: object): Directive => {
  const at = clock.now();
  return { by: 'ada', reason: 'because', at, expiresAt: at + 60_000, ...changes } as Directive;
};
const record = (all: Shop, changes: object): Promise<void> =>
  all.coordinationIn(recovery.region).directives.record('run-1', said(all, changes));
const published = ({ world }: Shop): readonly unknown[] =>
  world.history.filter(({ command }) => command === 'Publish').map(({ input }) => input);

describe('Approve', () => {
  it('asks nobody when the loss is within the RPO and the plan is automatic', async () => {
    const all = await surveyedShop();
    expect(await all.step(approve)).toMatchObject({ status: 'settled' });
    expect(published(all)).toEqual([]);
  });

  it('asks once, tells people how to answer, and waits', async () => {
    const all = await surveyedShop(strict);
    expect(await all.step(approve)).toMatchObject({ status: 'waiting' });
    expect(await all.step(approve)).toMatchObject({ status: 'waiting' });
    expect(published(all)).toEqual([
      expect.objectContaining({
        Subject: expect.stringContaining('WAITS FOR YOU'),
        Message: expect.stringMatching(
          /about 0\.5 s[\s\S]*understudy approve run-1 --region eu-central-1 --accept-data-loss/,
        ),
      }),
    ]);
    expect((await all.told()).filter((line) => line === 'approve asked').length).toBe(1);
  });

  it('lets the promotion happen that a person has accepted, and says who', async () => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    await record(all, { type: 'approve', needs: ['accept-data-loss'], loss: 0.5 });
    const settled = await all.step(approve);
    expect(settled).toMatchObject({ status: 'settled', why: expect.stringContaining('approved by ada: because') });
    await all.step(isolate);
    expect(await all.step(promote)).toMatchObject({ status: 'settled' });
    expect(all.substrate.databaseRole(replica)).toBe('writer');
  });

  it('leaves Promote waiting when nobody has accepted the loss, whatever else has happened', async () => {
    const all = await surveyedShop(strict);
    await all.step(isolate);
    expect(await all.step(promote)).toMatchObject({ status: 'waiting' });
    expect(all.substrate.databaseRole(replica)).toBe('standby');
  });

  it.each<[string, object, string]>([
    ['a refusal', { type: 'decline' }, 'approval-declined'],
    [
      'a permission that accepts less than would be lost',
      { type: 'approve', needs: ['accept-data-loss'], loss: 0.4 },
      'approval-declined',
    ],
    ['a permission for something else', { type: 'approve', needs: ['proceed'] }, 'approval-declined'],
  ])('takes no for an answer: %s', async (_title, changes, refusal) => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    await record(all, changes);
    expect(await all.step(approve)).toMatchObject({ status: 'refused', refusal });
  });

  it('does not hear what has expired, nor what a held run is told', async () => {
    const all = await surveyedShop(manual);
    await all.step(approve);
    await record(all, { type: 'approve', needs: ['proceed'], expiresAt: all.clock.now() });
    await record(all, { type: 'resume' });
    expect(await all.step(approve)).toMatchObject({ status: 'waiting' });
  });

  it('gives up when nobody answers in time', async () => {
    const all = await surveyedShop(manual);
    await all.step(approve);
    all.clock.advance(300_000);
    expect(await all.step(approve)).toMatchObject({ status: 'refused', refusal: 'approval-timeout' });
  });

  it('waits also when its question reaches nobody: the deadline will end that', async () => {
    const all = await surveyedShop(manual);
    all.world.intercept = ({ command }) => (command === 'Publish' ? new TypeError('dead') : undefined);
    await expect(all.step(approve)).rejects.toThrow('dead');
    all.world.intercept = undefined;
    expect(await all.step(approve)).toMatchObject({ status: 'waiting' });
  });

  it('keeps what was granted when another run takes over', async () => {
    const all = await surveyedShop(strict);
    await all.step(approve);
    await record(all, { type: 'approve', needs: ['accept-data-loss'], loss: 0.5 });
    await all.step(approve);
    all.clock.advance(120_001);
    const { detect } = await import('../../../shared/steps/detect.ts');
    await all.step(detect, { trigger: 'takeover', takesOver: 'run-1' }, 'run-2');
    expect(await all.step(approve, {}, 'run-2')).toMatchObject({ status: 'settled' });
  });
});

describe('the kill switch', () => {
  const halt = async (all: Shop): Promise<void> => {
    const { killSwitch } = all.coordinationIn(recovery.region);
    await killSwitch.halt(application, { by: 'ada', reason: 'maintenance', at: all.clock.now() });
  };

  it('stops a run that is under way while there is a way back', async () => {
    const all = await surveyedShop();
    await halt(all);
    expect(await all.step(approve)).toMatchObject({ status: 'refused', refusal: 'halted' });
  });

  it('stops the promotion itself', async () => {
    const all = await surveyedShop(leased);
    await all.step(isolate);
    await halt(all);
    expect(await all.step(promote)).toMatchObject({
      status: 'refused',
      refusal: 'halted',
      why: 'halted by ada: maintenance',
    });
  });
});
