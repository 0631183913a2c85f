import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../shared/domain/phase.ts';
import { detect } from '../../../shared/steps/detect.ts';
import { evaluate } from '../../../shared/steps/evaluate.ts';
import { application, primary, recovery } from '../../support/sample-run.ts';
import { type Shop, shop } from '../../support/shop.ts';

const recordedOf = ({ coordinationIn }: Shop, resource: string, phase: Phase) =>
  coordinationIn(recovery.region).facts.last({ application, resource, phase, fromRegion: primary.region });
const evaluated = (all: Shop) => evaluate(all.plan, all.deps());

describe('an evaluation', () => {
  it('records what every resource looks like in each of its phases, and changes nothing', async () => {
    const all = await shop();
    expect(await evaluated(all)).toEqual({ recorded: 3, failures: [] });
    expect(await recordedOf(all, 'orders-service', 'isolate')).toMatchObject({ facts: { service: { desired: 4 } } });
    expect(await recordedOf(all, 'orders-db', 'promote')).toMatchObject({
      facts: { instance: { status: 'available' } },
    });
    expect(all.world.history.filter(({ mutating, service }) => mutating && service !== 'DynamoDB')).toEqual([]);
  });

  it('keeps the capacity of a Region that no longer answers', async () => {
    const all = await shop();
    await evaluated(all);
    all.world.loseRegion(primary.region);
    const { failures } = await evaluated(all);
    expect(failures.length).toBe(1);
    expect(all.warnings.length).toBe(1);
    expect(await recordedOf(all, 'orders-service', 'isolate')).toMatchObject({ facts: { service: { desired: 4 } } });
  });

  it('records nothing while a run is open: the facts of a run are not those of a good day', async () => {
    const all = await shop();
    await evaluated(all);
    await all.step(detect);
    all.world.ecs(primary.region).operations.UpdateService({ cluster: 'shop', service: 'orders', desiredCount: 0 });
    expect(await evaluated(all)).toMatchObject({ recorded: 0 });
    expect(await recordedOf(all, 'orders-service', 'isolate')).toMatchObject({ facts: { service: { desired: 4 } } });
  });

  it('records the others although one cannot be looked at', async () => {
    const all = await shop();
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $fault: 'client', $metadata: {} });
    all.world.intercept = ({ service }) => (service === 'RDS' ? denied : undefined);
    expect(await evaluated(all)).toMatchObject({ recorded: 2, failures: [expect.stringContaining('orders-db')] });
  });
});
