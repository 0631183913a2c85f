import { describe, expect, it } from 'vitest';
import { type Drifted, driftOf } from '../../../cli/operator/drift-of.ts';
import { renderDrift } from '../../../shared/report/render-drift.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { primary, recovery, witnessRegion } from '../../support/sample-run.ts';
import { replica, type Shop, shop } from '../../support/shop.ts';

/** What the shop looks like after a failover: the replica is promoted, capacity has moved. */
async function failedOver(): Promise<Shop> {
  const all = await shop();
  const { world } = all;
  world.ecs(primary.region).operations.UpdateService({ cluster: 'shop', service: 'orders', desiredCount: 0 });
  world.ecs(recovery.region).operations.UpdateService({ cluster: 'shop', service: 'orders', desiredCount: 4 });
  world.rds(recovery.region).operations.PromoteReadReplica({ DBInstanceIdentifier: replica.instance });
  await all.clock.sleep(600_000);
  return all;
}

const drift = ({ clock, outsideIn, plan }: Shop, activeRegion: string): Promise<Drifted> =>
  driftOf({ plan, charge: { activeRegion, epoch: 2 }, outside: outsideIn(witnessRegion), now: clock.now() });

const told = ({ notes }: Drifted) => notes.map(({ is, object }) => `${object}: ${is}`);

describe('understudy drift', () => {
  it('says nothing of an application that is as its code has made it', async () => {
    const drifted = await drift(await shop(), primary.region);
    expect(drifted).toEqual({ inCharge: primary, atRest: recovery, notes: [], unseen: [] });
    expect(renderDrift(drifted)).toContain('nothing was seen');
  });

  it('after a failover names the promoted replica and the counts of both Regions', async () => {
    const drifted = await drift(await failedOver(), recovery.region);
    expect(told(drifted)).toEqual([
      'DB instance orders-replica in eu-central-1: it is the writer',
      'ECS service shop/orders in eu-central-1: its desired count is 4',
      'ECS service shop/orders in eu-west-1: its desired count is 0',
    ]);
    expect(drifted.unseen).toEqual([]);
  });

  it('what does not answer is named, and the rest is told', async () => {
    const all = await failedOver();
    all.world.network.lose(primary.region);
    const drifted = await drift(all, recovery.region);
    expect(told(drifted)).toContain('ECS service shop/orders in eu-central-1: its desired count is 4');
    expect(told(drifted).filter((one) => one.includes(primary.region))).toEqual([]);
    expect(drifted.unseen.map((one) => one.split(':')[0])).toContain('orders-service (isolate)');
  });

  it('changes nothing', async () => {
    const all = await failedOver();
    const before = all.world.history.length;
    await drift(all, recovery.region);
    const calls = all.world.history.slice(before).map(({ command }) => command);
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.filter((command) => !/^(Describe|Get|List)/.test(command))).toEqual([]);
  });

  it('asks no kind that has nothing to say', async () => {
    const plan = await loadedPlan((draft) => {
      draft.resources.push({
        id: 'data',
        kind: 'data-comparison',
        primary: { url: 'http://one.example' },
        recovery: { url: 'http://two.example' },
        positions: 'lsn',
      });
    });
    const outside = new Proxy({}, { get: () => expect.fail('nothing is asked') }) as never;
    const resources = plan.resources.filter(({ id }) => id === 'data');
    const drifted = await driftOf({
      plan: { ...plan, resources },
      charge: { activeRegion: recovery.region, epoch: 2 },
      outside,
      now: 0,
    });
    expect(drifted).toMatchObject({ notes: [], unseen: [] });
  });
});

it('prints a note so that it can be worked through, without control characters', () => {
  const note = {
    resource: 'orders-db',
    object: 'DB instance \u001b[31morders in eu-west-1',
    believes: 'a',
    is: 'b',
    danger: 'c',
    terraform: ['first', 'second'],
    cloudFormation: ['third'],
  };
  const text = renderDrift({ inCharge: recovery, atRest: primary, notes: [note], unseen: ['web (scale): no answer'] });
  expect(text.split('\n')).toEqual([
    'eu-central-1 (recovery) is in charge, eu-west-1 (primary) is at rest',
    'infrastructure code believes 1 thing wrongly. Apply nothing before you have been through them',
    '',
    'orders-db: DB instance [31morders in eu-west-1',
    '  believed        a',
    '  is              b',
    '  next apply      c',
    '  Terraform       first',
    '                  second',
    '  CloudFormation  third',
    '',
    'not seen: web (scale): no answer',
    '',
  ]);
});
