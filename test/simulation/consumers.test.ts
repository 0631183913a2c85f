import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instances } from '../../lab/gameday/data.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import type { Plan } from '../../shared/domain/plan.ts';

const [ireland, frankfurt] = ['eu-west-1', 'eu-central-1'] as const;
const uuid = '0a1b2c3d-0000-4000-8000-000000000001';
const schedule = { schedule: 'nightly', group: 'default', role: 'caller' };

const withConsumers = (plan: Plan): Plan => ({
  ...plan,
  resources: [
    ...plan.resources,
    {
      id: 'queue',
      kind: 'event-source',
      dependsOn: [],
      spec: { primary: { mapping: uuid }, recovery: { mapping: uuid } },
    },
    { id: 'nightly', kind: 'event-source', dependsOn: [], spec: { primary: schedule, recovery: schedule } },
  ],
});

/** Nothing is promoted, and the public name leads nowhere: Confirm gives up, and Restore puts everything back. */
const refusedAtItsEnd = (plan: Plan): Plan => ({
  ...withConsumers(plan),
  pace: { ...plan.pace, stepDeadlineSeconds: 8 },
  resources: withConsumers(plan)
    .resources.filter(({ kind }) => kind !== 'rds-read-replica')
    .map((one) =>
      one.kind === 'http-transaction'
        ? { ...one, spec: { ...(one.spec as object), publicUrl: 'http://nowhere.shop.test' } }
        : one,
    ),
});

let lab: ModelledLab;
const open = async (change: (plan: Plan) => Plan): Promise<void> => {
  lab = await openModelledLab({ change });
  for (const region of [ireland, frankfurt]) {
    const enabled = region === ireland;
    lab.world.eventSourceMappings(region).seedMapping({ uuid, functionName: 'orders', enabled });
    lab.world.schedules(region).seedSchedule({
      Name: 'nightly',
      Description: 'the report',
      ScheduleExpression: 'rate(1 day)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: enabled ? 'ENABLED' : 'DISABLED',
      Target: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:q', RoleArn: 'arn:aws:iam::123456789012:role/caller' },
    });
  }
};
afterEach(() => lab.close());

const polling = () => [ireland, frankfurt].map((region) => lab.world.eventSourceMappings(region).isPolling(uuid));
const nightly = (region: string) => lab.world.schedules(region).operations.GetSchedule({ Name: 'nightly' });
const states = () => [ireland, frankfurt].map((region) => nightly(region).State);

describe('a failover', () => {
  beforeEach(() => open(withConsumers));

  it('takes the consumers with it, and keeps what a schedule is', async () => {
    expect(await lab.run('away')).toMatchObject({ status: 'SUCCEEDED' });
    expect(polling()).toEqual([false, true]);
    expect(states()).toEqual(['DISABLED', 'ENABLED']);
    expect(nightly(frankfurt)).toMatchObject({
      Description: 'the report',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:q' },
    });
  });

  it('from a dead Region hands out no work before data is promoted', async () => {
    lab.world.loseRegion(ireland);
    expect(await lab.run('away')).toMatchObject({ status: 'SUCCEEDED' });
    const calls = lab.world.history.filter(({ applied }) => applied).map(({ command }) => command);
    expect(calls).toContain('PromoteReadReplica');
    expect(calls.indexOf('UpdateEventSourceMapping')).toBeGreaterThan(calls.indexOf('PromoteReadReplica'));
    expect(polling()[1]).toBe(true);
  });
});

it('a run that is refused at its end puts the consumers back', async () => {
  await open(refusedAtItsEnd);
  lab.substrate.seedDatabase({ region: frankfurt, instance: instances.recovery }, 'writer');
  expect(await lab.run('refused')).toMatchObject({ status: 'FAILED' });
  expect(polling()).toEqual([true, false]);
  expect(states()).toEqual(['ENABLED', 'DISABLED']);
});
