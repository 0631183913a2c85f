import { expect, test } from 'vitest';
import { makeClockEngine } from '../../../lab/asl/clock-engine.ts';
import { UnsupportedDefinition } from '../../../lab/asl/definition.ts';
import type { TaskCall } from '../../../lab/cloud/engine.ts';
import { noon, virtualClock } from '../../support/virtual-clock.ts';

const context = { executionName: 'run-1', executionArn: 'arn:run-1', startedAt: '2026-01-01T12:00:00.000Z' };
const Resource = 'arn:aws:lambda:eu-central-1:123456789012:function:step';
const Step = { Type: 'Task', Resource, TimeoutSeconds: 60, End: true };
const silent = (): Promise<never> => new Promise(() => undefined);

/** What came of it, at which seconds the task was invoked, and when it was over. */
async function timed(
  machine: object,
  perform: (task: TaskCall, elapsedSeconds: number) => unknown,
  input: unknown = {},
) {
  const clock = virtualClock();
  const elapsed = (): number => (clock.now() - noon) / 1000;
  const invokedAt: number[] = [];
  const run = makeClockEngine(clock)(machine, input, {
    context,
    invokeTask: async (task) => {
      invokedAt.push(elapsed());
      return perform(task, elapsed());
    },
  });
  return { result: await run.result, invokedAt, seconds: elapsed() };
}

const failing = (): never => {
  throw Object.assign(new Error('slow down'), { name: 'TransientError' });
};

test('the pauses before a retry grow by their rate up to their maximum, in the time of the clock', async () => {
  const Retry = [
    { ErrorEquals: ['TransientError'], IntervalSeconds: 1, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 5 },
  ];
  const { invokedAt, result } = await timed({ StartAt: 'Step', States: { Step: { ...Step, Retry } } }, failing);
  expect(invokedAt).toEqual([0, 1, 3, 7, 12, 17, 22]);
  expect(result).toEqual({ status: 'FAILED', error: 'TransientError', cause: 'slow down' });
});

test('each retrier counts its own attempts', async () => {
  const Retry = [
    { ErrorEquals: ['Late'], IntervalSeconds: 10, MaxAttempts: 1 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 },
  ];
  let calls = 0;
  const { invokedAt } = await timed({ StartAt: 'Step', States: { Step: { ...Step, Retry } } }, () => {
    throw Object.assign(new Error('no'), { name: ++calls === 2 ? 'Late' : 'TransientError' });
  });
  expect(invokedAt).toEqual([0, 1, 11]);
});

test('a task that never answers times out after its own limit, and the machine after its own', async () => {
  const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }];
  const States = { Step: { ...Step, Catch }, Late: { Type: 'Wait', Seconds: 100, End: true } };
  const late = await timed({ StartAt: 'Step', States }, silent);
  expect(late).toMatchObject({ seconds: 160, result: { status: 'SUCCEEDED' } });
  const ended = await timed({ StartAt: 'Step', States, TimeoutSeconds: 90 }, silent);
  expect(ended).toMatchObject({ seconds: 90, result: { status: 'TIMED_OUT' } });
});

test('States.TaskFailed matches everything but a timeout', async () => {
  const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Done' }];
  const machine = { StartAt: 'Step', States: { Step: { ...Step, Catch }, Done: { Type: 'Succeed' } } };
  expect((await timed(machine, failing)).result.status).toBe('SUCCEEDED');
  expect((await timed(machine, silent)).result).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
});

test('when one branch fails, the other invokes nothing more', async () => {
  const branch = (name: string, Seconds: number) => ({
    StartAt: `${name}Wait`,
    States: { [`${name}Wait`]: { Type: 'Wait', Seconds, Next: name }, [name]: Step },
  });
  const Branches = [branch('Early', 1), branch('Late', 2)];
  const { invokedAt, result } = await timed(
    { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches, End: true } } },
    failing,
  );
  expect({ invokedAt, status: result.status }).toEqual({ invokedAt: [1], status: 'FAILED' });
});

test('And, Not, IsPresent and BooleanEquals decide as in our machines', async () => {
  const present = { Variable: '$.dryRun', IsPresent: true };
  const Choices = [{ And: [present, { Variable: '$.dryRun', BooleanEquals: true }], Next: 'Dry' }];
  const States = {
    Which: { Type: 'Choice', Choices, Default: 'Real' },
    Dry: { Type: 'Pass', Result: 'dry', End: true },
    Real: { Type: 'Pass', Result: 'real', End: true },
  };
  const machine = { StartAt: 'Which', States };
  const outputs = [{ dryRun: true }, { dryRun: false }, {}].map(
    async (input) => (await timed(machine, failing, input)).result,
  );
  expect(await Promise.all(outputs)).toMatchObject([{ output: 'dry' }, { output: 'real' }, { output: 'real' }]);
});

test('what the interpreter does not know it refuses, rather than guess', async () => {
  const path = { ...Step, Parameters: { 'all.$': '$..resources[*]' } };
  const { result } = await timed({ StartAt: 'Step', States: { Step: path } }, failing);
  expect(result).toMatchObject({ status: 'FAILED', error: new UnsupportedDefinition('').name });
});
