import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, test, vi } from 'vitest';
import type { LambdaContext } from '../../../lab/cloud/lambda.ts';
import { systemClock } from '../../../lab/cloud/system-clock.ts';
import { connect, makeBench, recovery } from './support.ts';

test('a function gets its event as JSON and a context of its own', async () => {
  const { world } = makeBench();
  const contexts: LambdaContext[] = [];
  const handler = (event: unknown, context: LambdaContext): unknown => {
    contexts.push(context);
    return { event, at: new Date(0) };
  };
  world.lambda.registerFunction({ region: recovery, name: 'f', handler, timeoutMs: 500 });
  const result = await world.lambda.invoke({ region: recovery, functionName: 'f', payload: { a: undefined, b: 1 } });
  expect(result).toEqual({ event: { b: 1 }, at: '1970-01-01T00:00:00.000Z' });
  expect(contexts[0]).toMatchObject({
    functionName: 'f',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
  });
  expect(contexts[0]?.getRemainingTimeInMillis()).toBeGreaterThan(0);
  expect(contexts[0]?.getRemainingTimeInMillis()).toBeLessThanOrEqual(500);
});

test('an error keeps its name, and its text becomes the cause that Step Functions shows', async () => {
  const { world } = makeBench();
  const failure = Object.assign(new Error('no lag known'), { name: 'TransientError' });
  world.lambda.registerFunction({ region: recovery, name: 'f', handler: () => Promise.reject(failure) });
  const call = world.lambda.invoke({ region: recovery, functionName: 'f', payload: {} });
  await expect(call).rejects.toMatchObject({
    name: 'TransientError',
    message: '{"errorType":"TransientError","errorMessage":"no lag known"}',
  });
});

test('a function that runs too long is timed out', async () => {
  const { world } = makeBench();
  world.lambda.registerFunction({ region: recovery, name: 'f', handler: () => systemClock.sleep(100), timeoutMs: 10 });
  const call = world.lambda.invoke({ region: recovery, functionName: 'f', payload: {} });
  await expect(call).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
});

test('an invocation that runs when its Region is lost is abandoned, and can reach nothing meanwhile', async () => {
  const { world } = makeBench();
  const client = connect(RDSClient, world, { region: recovery });
  const errors: string[] = [];
  const handler = async (): Promise<string> => {
    world.loseRegion(recovery);
    await client.send(new DescribeDBInstancesCommand({})).catch((error: Error) => errors.push(error.name));
    return 'result';
  };
  world.lambda.registerFunction({ region: recovery, name: 'f', handler });
  const ended = vi.fn();
  const call = world.lambda.invoke({ region: recovery, functionName: 'f', payload: {} });
  call.catch(ended);
  await vi.waitFor(() => expect(errors).toEqual(['TimeoutError']));
  expect(ended).not.toHaveBeenCalled();
  world.restoreRegion(recovery);
  await expect(call).rejects.toMatchObject({ name: 'Lambda.Unknown' });
});

test('a schedule runs again and again without overlap, rests while the Region is lost, and ends', async () => {
  const { world } = makeBench();
  let runs = 0;
  let running = 0;
  let overlap = 0;
  const handler = async (): Promise<void> => {
    running += 1;
    overlap = Math.max(overlap, running);
    await systemClock.sleep(5);
    running -= 1;
    runs += 1;
  };
  world.lambda.registerFunction({ region: recovery, name: 'probe', handler });
  const end = world.scheduler.schedule({ region: recovery, functionName: 'probe', everyMs: 2, input: {} });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(2));
  world.loseRegion(recovery);
  await systemClock.sleep(20);
  const before = runs;
  await systemClock.sleep(40);
  expect(runs).toBe(before);
  world.restoreRegion(recovery);
  await vi.waitFor(() => expect(runs).toBeGreaterThan(before + 1));
  end();
  await systemClock.sleep(20);
  const last = runs;
  await systemClock.sleep(30);
  expect(runs).toBe(last);
  expect(overlap).toBe(1);
});

test('when the World stops, what runs is abandoned: it is not timed out, and keeps no timer', async () => {
  const { world } = makeBench();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const never = () => new Promise<never>(() => undefined);
  world.lambda.registerFunction({ region: recovery, name: 'f', handler: never, timeoutMs: 5000 });
  let isOver = false;
  const call = world.lambda.invoke({ region: recovery, functionName: 'f', payload: {} });
  void call.catch(() => undefined).finally(() => (isOver = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(timers()).toBe(before + 1);
  world.stop();
  expect(timers()).toBe(before);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
});
