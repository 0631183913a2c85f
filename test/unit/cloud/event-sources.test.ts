import { GetEventSourceMappingCommand, LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { expect, test } from 'vitest';
import { connect, makeBench, primary } from './support.ts';

const UUID = 'm-1';

function withMapping(enabled: boolean) {
  const { world } = makeBench({ mappingSwitchMs: 5 });
  const mappings = world.eventSourceMappings(primary);
  mappings.seedMapping({ uuid: UUID, functionName: 'orders', enabled });
  const client = connect(LambdaClient, world, { region: primary });
  const stateOf = async () => (await client.send(new GetEventSourceMappingCommand({ UUID }))).State;
  const update = (Enabled: boolean) => client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  return { mappings, stateOf, update };
}

test('a mapping that is switched off is Disabling, polls on, and then is Disabled', async () => {
  const { mappings, stateOf, update } = withMapping(true);
  expect((await update(false)).State).toBe('Disabling');
  expect(mappings.isPolling(UUID)).toBe(true);
  await expect.poll(stateOf).toBe('Disabled');
  expect(mappings.isPolling(UUID)).toBe(false);
});

test('a mapping that is switched on is Enabling, does not poll yet, and then is Enabled', async () => {
  const { mappings, stateOf, update } = withMapping(false);
  expect((await update(true)).State).toBe('Enabling');
  expect(mappings.isPolling(UUID)).toBe(false);
  await expect.poll(stateOf).toBe('Enabled');
});

test('a mapping on its way takes no other order, and one that is there already is only Updating', async () => {
  const { stateOf, update } = withMapping(true);
  expect((await update(true)).State).toBe('Updating');
  await expect(update(false)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  await expect.poll(stateOf).toBe('Enabled');
});

test('what an update of a schedule does not repeat is gone', async () => {
  const { world } = makeBench();
  const client = connect(SchedulerClient, world, { region: primary });
  const needed = {
    Name: 'nightly',
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: 'arn:aws:sqs:eu-west-1:1:q', RoleArn: 'arn:aws:iam::1:role/r' },
  } as const;
  world.schedules(primary).seedSchedule({ ...needed, Description: 'the report', State: 'DISABLED' });
  await client.send(new UpdateScheduleCommand(needed));
  const found = await client.send(new GetScheduleCommand({ Name: 'nightly' }));
  expect(found).toMatchObject({ State: 'ENABLED', ScheduleExpressionTimezone: 'UTC' });
  expect(found.Description).toBeUndefined();
  const { Target, ...without } = needed;
  const incomplete = new UpdateScheduleCommand(without as never);
  await expect(client.send(incomplete)).rejects.toMatchObject({ name: 'ValidationException' });
});
