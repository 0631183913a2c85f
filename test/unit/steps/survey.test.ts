import { InternalServiceFault } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../shared/steps/detect.ts';
import { evaluate } from '../../../shared/steps/evaluate.ts';
import { survey } from '../../../shared/steps/survey.ts';
import { primary, recovery, witnessRegion } from '../../support/sample-run.ts';
import { replica, type Shop, shop, surveyedShop } from '../../support/shop.ts';

async function opened(): Promise<Shop> {
  const all = await shop();
  await evaluate(all.plan, all.deps());
  await all.step(detect);
  return all;
}

describe('Survey', () => {
  it('looks at every goal and changes nothing', async () => {
    const { step, told, world } = await opened();
    const before = world.history.length;
    expect(await step(survey)).toMatchObject({ status: 'settled' });
    const changed = world.history.slice(before).filter(({ mutating, service }) => mutating && service !== 'DynamoDB');
    expect(changed).toEqual([]);
    expect([...(await told())].sort()).toEqual([
      'detect run-opened',
      'survey step-finished',
      'survey step-started',
      'survey surveyed orders-db',
      'survey surveyed orders-service',
      'survey surveyed orders-service',
    ]);
  });

  it('refuses early what Promote would refuse', async () => {
    const { step, world } = await opened();
    world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'failed' });
    expect(await step(survey)).toMatchObject({ status: 'refused', refusal: 'replica-unusable' });
  });

  it('does not refuse what only has to wait', async () => {
    const { step, world } = await opened();
    world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    expect(await step(survey)).toMatchObject({ status: 'settled' });
  });

  it('does not ask the Region to leave when an alarm says that it may be dead', async () => {
    const { alarm, step, world } = await shop((plan) => Object.assign(plan.resources[1] ?? {}, { tasksMin: 2 }));
    alarm(recovery.region, 'ALARM');
    alarm(witnessRegion, 'ALARM');
    await step(detect, { trigger: 'alarm' });
    expect(await step(survey, { trigger: 'alarm' })).toMatchObject({ status: 'settled' });
    expect(world.history.filter(({ endpointRegion }) => endpointRegion === primary.region)).toEqual([]);
  });

  it('does not hold a person up because the Region to leave does not answer', async () => {
    const { step, world } = await opened();
    world.loseRegion(primary.region);
    expect(await step(survey)).toMatchObject({ status: 'settled' });
  });

  it('does not hold a person up because the Region to leave answers with errors', async () => {
    const { step, world } = await opened();
    const denied = Object.assign(new InternalServiceFault({ message: 'no', $metadata: { httpStatusCode: 403 } }), {
      name: 'AccessDeniedException',
    });
    world.intercept = ({ endpointRegion, service }) =>
      endpointRegion === primary.region && service === 'ECS' ? denied : undefined;
    expect(await step(survey)).toMatchObject({ status: 'settled' });
  });

  it('fails when the Region to activate cannot be looked at', async () => {
    const { step, world } = await opened();
    const busy = new InternalServiceFault({ message: 'busy', $metadata: { httpStatusCode: 500 } });
    world.intercept = ({ service }) => (service === 'RDS' ? busy : undefined);
    await expect(step(survey)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('keeps the facts of its first look when it is repeated', async () => {
    const { coordinationIn, step, world } = await surveyedShop();
    world.rds(recovery.region).patchInstance(replica.instance, { DBInstanceStatus: 'backing-up' });
    await step(survey);
    const entries = await coordinationIn(recovery.region).journal.read('run-1');
    const looks = entries.filter(({ event, resource }) => event === 'surveyed' && resource === 'orders-db');
    expect(looks.map(({ data }) => data)).toMatchObject([
      { phase: 'promote', facts: { instance: { status: 'available' } } },
      { phase: 'promote', facts: { instance: { status: 'backing-up' } } },
    ]);
  });
});
