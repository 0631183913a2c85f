import { ServerException } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { ApiCall } from '../../../lab/cloud/history.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { isolate } from '../../../shared/steps/isolate.ts';
import { promote } from '../../../shared/steps/promote.ts';
import type { Draft } from '../../support/sample-plan.ts';
import { primary, recovery } from '../../support/sample-run.ts';
import { replica, type Shop, surveyedShop } from '../../support/shop.ts';
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

  it('does not take a failure of the coordination table for a fence', async () => {
    const all = await surveyedShop(proceeding);
    all.world.intercept = (call) => (call.service === 'DynamoDB' && call.mutating ? busy : undefined);
    await expect(all.step(isolate)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('Promote', () => {
  it('refuses to begin without Isolate in the journal', async () => {
    const { step, world } = await surveyedShop();
    await expect(step(promote)).rejects.toMatchObject({ name: 'TerminalError', code: 'NotIsolated' });
    expect(world.history.filter(({ command }) => command === 'PromoteReadReplica')).toEqual([]);
  });

  it('refuses to begin when Isolate was refused', async () => {
    const { step, world } = await surveyedShop();
    world.loseRegion(primary.region);
    await step(isolate);
    await expect(step(promote)).rejects.toMatchObject({ name: 'TerminalError', code: 'NotIsolated' });
  });

  it('refuses to begin while Isolate has only begun', async () => {
    const { step, world } = await surveyedShop();
    world.intercept = (call) => (JSON.stringify(call.input).includes('step-finished') ? new Error('crash') : undefined);
    await expect(step(isolate)).rejects.toThrow('crash');
    world.intercept = undefined;
    await expect(step(promote)).rejects.toMatchObject({ code: 'NotIsolated' });
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
    expect(await step(promote)).toMatchObject({ status: 'refused', refusal: 'stale-epoch' });
    expect(substrate.databaseRole(replica)).toBe('standby');
  });
});
