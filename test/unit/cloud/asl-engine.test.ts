import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeClockEngine } from '../../../lab/asl/clock-engine.ts';
import { allStates, fillDefinition, UnsupportedDefinition } from '../../../lab/asl/definition.ts';
import { makeEngine } from '../../../lab/asl/engine.ts';
import { prepare } from '../../../lab/asl/prepare.ts';
import type { Engine, EngineResult, EngineRun, TaskCall } from '../../../lab/cloud/engine.ts';
import { systemClock } from '../../../lab/cloud/system-clock.ts';

const context = {
  executionName: 'run-1',
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:failover:run-1',
  startedAt: '2026-01-01T00:00:00.000Z',
};

const placeholder = ['$', '{DetectFunctionArn}'].join('');

const task = (name: string, more: object = { End: true }): object => ({
  Type: 'Task',
  Resource: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`,
  TimeoutSeconds: 5,
  ...more,
});

const named = (name: string): Error => Object.assign(new Error(`${name} happened`), { name });

type Perform = (call: TaskCall) => unknown;

/** The same answers from both, or the simulator would prove something about another machine than the game day runs. */
const engines: readonly (readonly [string, Engine])[] = [
  ['the library', makeEngine()],
  ['the interpreter', makeClockEngine(systemClock)],
];

describe.each(engines)('by %s,', (_name, engine) => {
  const run = (States: object, perform: Perform, input: unknown = {}): EngineRun =>
    engine({ StartAt: Object.keys(States)[0], States }, input, { context, invokeTask: async (call) => perform(call) });

  const result = (States: object, perform: Perform, input: unknown = {}): Promise<EngineResult> =>
    run(States, perform, input).result;

  test('a task gets its parameters and its result becomes the output', async () => {
    const States = {
      Detect: task('detect', { Parameters: { 'application.$': '$.app' }, ResultPath: '$.detect', End: true }),
    };
    const calls: TaskCall[] = [];
    const perform = (call: TaskCall): object => {
      calls.push(call);
      return { status: 'settled' };
    };
    const ended = await result(States, perform, { app: 'shop' });
    expect(calls).toMatchObject([{ stateName: 'Detect', parameters: { application: 'shop' } }]);
    expect(calls[0]?.resource).toMatch(/function:detect$/);
    expect(ended).toEqual({ status: 'SUCCEEDED', output: { app: 'shop', detect: { status: 'settled' } } });
  });

  test('Retry repeats on the named error as often as it says', async () => {
    const Retry = [{ ErrorEquals: ['TransientError'], IntervalSeconds: 0, MaxAttempts: 2 }];
    let calls = 0;
    const perform = (): string => {
      calls += 1;
      if (calls < 3) throw named('TransientError');
      return 'done';
    };
    expect(await result({ Step: task('step', { Retry, End: true }) }, perform)).toEqual({
      status: 'SUCCEEDED',
      output: 'done',
    });
    expect(calls).toBe(3);
  });

  test('an error that Retry does not name is not repeated; Catch gets its name and cause', async () => {
    const States = {
      Step: task('step', {
        Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 0 }],
        Catch: [{ ErrorEquals: ['TerminalError'], ResultPath: '$.failure', Next: 'Restore' }],
        End: true,
      }),
      Restore: { Type: 'Succeed' },
    };
    let calls = 0;
    const ended = await result(States, () => {
      calls += 1;
      throw named('TerminalError');
    });
    expect(ended).toEqual({
      status: 'SUCCEEDED',
      output: { failure: { Error: 'TerminalError', Cause: 'TerminalError happened' } },
    });
    expect(calls).toBe(1);
  });

  test('an error that nothing catches fails the execution under its own name, also from inside a branch', async () => {
    const branch = { StartAt: 'Inner', States: { Inner: task('inner') } };
    const States = { Both: { Type: 'Parallel', Branches: [branch], End: true } };
    const ended = await result(States, () => {
      throw named('BugError');
    });
    expect(ended).toEqual({ status: 'FAILED', error: 'BugError', cause: 'BugError happened' });
  });

  test('a Parallel state runs its branches side by side and its Catch sees a branch fail', async () => {
    const branches = ['Promote', 'Scale'].map((name) => ({ StartAt: name, States: { [name]: task(name) } }));
    const Catch = [{ ErrorEquals: ['TerminalError'], Next: 'Restore' }];
    const States = {
      Both: { Type: 'Parallel', Branches: branches, Catch, End: true },
      Restore: { Type: 'Pass', Result: 'restored', End: true },
    };
    const names: string[] = [];
    const both = await result(States, async ({ stateName }) => {
      names.push(stateName);
      await systemClock.sleep(5);
      return names.length;
    });
    expect(both).toEqual({ status: 'SUCCEEDED', output: [2, 2] });
    const failed = await result(States, ({ stateName }) => {
      if (stateName === 'Scale') throw named('TerminalError');
      return 1;
    });
    expect(failed).toEqual({ status: 'SUCCEEDED', output: 'restored' });
  });

  test('a Parallel state whose results and failures go nowhere leaves the state as it was', async () => {
    const branches = [{ StartAt: 'Inner', States: { Inner: task('inner') } }];
    const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'After' }];
    const States = {
      Both: { Type: 'Parallel', Branches: branches, ResultPath: null, Catch, Next: 'After' },
      After: { Type: 'Succeed' },
    };
    const untouched = { status: 'SUCCEEDED', output: { application: 'shop' } };
    const failing = (): never => {
      throw named('BugError');
    };
    expect(await result(States, () => 1, { application: 'shop' })).toEqual(untouched);
    expect(await result(States, failing, { application: 'shop' })).toEqual(untouched);
  });

  test('Wait and Choice loop until a task settles', async () => {
    const States = {
      Promote: task('promote', { Next: 'Status' }),
      Status: {
        Type: 'Choice',
        Choices: [{ Variable: '$.status', StringEquals: 'waiting', Next: 'Later' }],
        Default: 'Done',
      },
      Later: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Promote' },
      Done: { Type: 'Succeed' },
    };
    let calls = 0;
    const perform = (): object => ({ status: ++calls < 3 ? 'waiting' : 'settled', seconds: 0 });
    expect(await result(States, perform)).toMatchObject({ status: 'SUCCEEDED', output: { status: 'settled' } });
    expect(calls).toBe(3);
  });

  test('the execution is known by name, ARN, input and start, inside branches too', async () => {
    const Parameters = {
      'name.$': '$$.Execution.Name',
      'arn.$': '$$.Execution.Id',
      'input.$': '$$.Execution.Input.app',
      'startedAt.$': '$$.Execution.StartTime',
      'state.$': '$$.State.Name',
      'text.$': "States.Format('{} in {}', $$.Execution.Name, $$.State.Name)",
    };
    const branch = { StartAt: 'Inner', States: { Inner: task('inner', { Parameters, End: true }) } };
    const States = {
      Cut: { Type: 'Pass', Result: {}, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [branch], End: true },
    };
    const seen: unknown[] = [];
    await result(States, ({ parameters }) => seen.push(parameters), { app: 'shop' });
    expect(seen).toEqual([
      {
        name: 'run-1',
        arn: context.executionArn,
        input: 'shop',
        startedAt: context.startedAt,
        state: 'Inner',
        text: 'run-1 in Inner',
      },
    ]);
  });

  test('a task that takes too long times out', async () => {
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }];
    const States = {
      Slow: task('slow', { TimeoutSeconds: 1, Catch, End: true }),
      Late: { Type: 'Pass', Result: 'late', End: true },
    };
    expect(await result(States, () => new Promise(() => undefined))).toEqual({ status: 'SUCCEEDED', output: 'late' });
  });

  test('a stopped run is aborted, and a retry that was waiting invokes nothing more', async () => {
    let calls = 0;
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 5 }];
    const running = run({ Step: task('step', { Retry, End: true }) }, () => {
      calls += 1;
      throw named('TransientError');
    });
    await systemClock.sleep(20);
    running.stop();
    expect(await running.result).toEqual({ status: 'ABORTED' });
    await systemClock.sleep(20);
    expect(calls).toBe(1);
  });

  test('a Fail state ends with its error and cause', async () => {
    const States = { Stop: { Type: 'Fail', Error: 'Refused', Cause: 'no quorum' } };
    expect(await result(States, () => 1)).toEqual({ status: 'FAILED', error: 'Refused', cause: 'no quorum' });
  });
});

describe('a definition is refused', () => {
  const machine = (state: object, more: object = {}): object => ({ StartAt: 'Step', States: { Step: state }, ...more });
  const inner = { StartAt: 'Step', States: { Step: task('x') } };
  test.each<[string, object]>([
    ['when a Task has no timeout', machine({ ...task('x'), TimeoutSeconds: undefined })],
    ['when a timeout is above what a timer can hold', machine(task('x', { TimeoutSeconds: 2_147_484, End: true }))],
    ['when the machine has such a timeout', machine(task('x'), { TimeoutSeconds: 99_999_999 })],
    ['when a Task has a heartbeat', machine(task('x', { HeartbeatSeconds: 1, End: true }))],
    [
      'when a Task waits for a token',
      machine({ ...task('x'), Resource: 'arn:aws:states:::sns:publish.waitForTaskToken' }),
    ],
    ['when it is written in JSONata', machine(task('x'), { QueryLanguage: 'JSONata' })],
    ['when it assigns variables', machine(task('x', { Assign: { a: 1 }, End: true }))],
    ['when two states have one name', machine({ Type: 'Parallel', Branches: [inner], End: true })],
    ['when a placeholder is open', machine({ ...task('x'), Resource: placeholder })],
    ['when a state says the default of ResultPath', machine(task('x', { ResultPath: '$', End: true }))],
    ['when a state has an unknown type', machine({ Type: 'Nonsense', End: true })],
  ])('%s', (_, definition) => {
    expect(() => prepare(JSON.parse(JSON.stringify(definition)))).toThrow(UnsupportedDefinition);
  });
});

test('placeholders are filled before the run, and an open one fails loudly', () => {
  const text = JSON.stringify({ Resource: placeholder });
  expect(fillDefinition(text, { DetectFunctionArn: 'arn:"x"' })).toEqual({ Resource: 'arn:"x"' });
  expect(() => fillDefinition(text, {})).toThrow(UnsupportedDefinition);
});

test('the deployed state machine can be prepared as it is', () => {
  const text = readFileSync(new URL('../../../statemachines/failover.asl.json', import.meta.url), 'utf8');
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const arns = names.map((name) => [name, `arn:aws:lambda:eu-central-1:123456789012:function:${name}`]);
  const definition = fillDefinition(text, Object.fromEntries(arns));
  const tasks = allStates(definition).filter(({ state }) => state.Type === 'Task');
  expect(prepare(definition).tasks.map(({ stateName }) => stateName)).toEqual(tasks.map(({ name }) => name));
  expect(tasks.length).toBeGreaterThan(9);
});
