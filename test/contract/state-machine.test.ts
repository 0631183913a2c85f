import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stepTimeoutSeconds } from '../../deploy/timeouts.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import { PlanFile } from '../../shared/domain/plan.ts';
import { pascal } from './files.ts';
import { definitions, isEnd, isPause, isWarming, nextOf, reachable } from './machine.ts';
import { example, stacks } from './stacks.ts';

/** What a timer of Node can hold; the lab's engine times out at once above it. */
const timeoutSecondsMax = 2_147_483;

/** The fields that Step Functions and the lab's engine both understand. What an engine ignores would be a lie here. */
const common = ['Type', 'Comment', 'Next', 'End'];
const subset: Readonly<Record<string, readonly string[]>> = {
  Task: [...common, 'Resource', 'Parameters', 'ResultPath', 'TimeoutSeconds', 'Retry', 'Catch'],
  Choice: ['Type', 'Comment', 'Choices', 'Default'],
  Wait: [...common, 'SecondsPath'],
  Pass: [...common, 'Result', 'ResultPath'],
  Parallel: [...common, 'Branches', 'ResultSelector', 'ResultPath', 'Catch'],
  Succeed: ['Type', 'Comment'],
  Fail: ['Type', 'Comment', 'Error', 'Cause', 'CausePath'],
};

/** Errors that a second attempt may get past. Refusals are answers, and a bug stays a bug. */
const retryable = [
  'TransientError',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
  'States.Timeout',
];

describe.each(definitions)('$id', ({ id, lambdaTasks, machine, scopes, states, tasks, text }) => {
  describe('the state machine keeps to what every engine understands', () => {
    const Raw = z.looseObject({ States: z.record(z.string(), z.looseObject({ Type: z.string() })) });
    const rawStates = (scope: unknown): readonly [string, Record<string, unknown>][] =>
      Object.entries(Raw.parse(scope).States).flatMap(([name, state]) => [
        [name, state] as [string, Record<string, unknown>],
        ...z
          .array(z.unknown())
          .parse(state['Branches'] ?? [])
          .flatMap(rawStates),
      ]);

    it.each(rawStates(JSON.parse(text)))('%s has only fields of the shared subset', (_name, state) => {
      const known = subset[String(state['Type'])] ?? [];
      expect(Object.keys(state).filter((field) => !known.includes(field))).toEqual([]);
    });

    it('explains itself in the graph of the console: what works and what ends says what that means', () => {
      const speaking = rawStates(JSON.parse(text)).filter(([, { Type }]) =>
        ['Task', 'Parallel', 'Succeed', 'Fail'].includes(String(Type)),
      );
      const silent = speaking.filter(([, { Cause, Comment }]) => Comment === undefined && Cause === undefined);
      expect(silent.map(([name]) => name)).toEqual([]);
    });

    it('no task waits for a token, another execution or a job', () => {
      expect(text).not.toMatch(/waitForTaskToken|\.sync\b|TaskToken/);
    });

    it('no expression is JSONata', () => {
      expect(text).not.toMatch(/QueryLanguage|\{%/);
    });

    it('the machine as a whole has a timeout', () => {
      expect(machine.TimeoutSeconds).toBeGreaterThan(0);
      expect(machine.TimeoutSeconds).toBeLessThanOrEqual(timeoutSecondsMax);
    });

    it('asl-validator accepts it once its placeholders are filled', () => {
      const { functions, topic } = {
        functions: 'arn:aws:lambda:eu-west-1:000000000000:function:any',
        topic: 'arn:aws:sns:eu-west-1:000000000000:any',
      };
      const filled = text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => (name === 'TopicArn' ? topic : functions));
      const { errors, isValid } = aslValidator(JSON.parse(filled));
      expect(errors).toEqual([]);
      expect(isValid).toBe(true);
    });
  });

  describe('every task', () => {
    it.each(tasks)('%s has a timeout that every engine keeps', (_name, { TimeoutSeconds }) => {
      expect(TimeoutSeconds).toBeGreaterThan(0);
      expect(TimeoutSeconds).toBeLessThanOrEqual(timeoutSecondsMax);
    });

    // What fails in a branch that only warms, the Parallel state catches: warm.test.ts.
    it.each(tasks.filter(([, task]) => !isWarming(task)))('%s catches all that remains', (_name, { Catch }) => {
      expect(Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    });

    it.each(lambdaTasks)('$name repeats what a second attempt may get past, a few times', ({ task }) => {
      const repeated = task.Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(repeated).toContain('TransientError');
      expect(repeated.filter((error) => !retryable.includes(error))).toEqual([]);
      expect(Math.max(...task.Retry.map(({ MaxAttempts }) => MaxAttempts))).toBeLessThanOrEqual(10);
    });

    it.each(lambdaTasks)(
      '$name hands over the machine, the id of the run, its start and the request, and nothing more',
      ({ task }) => {
        expect(task.Parameters).toEqual({
          // What runs a machine's first step must know which machine it is: a person need not say so.
          ...(id === 'failover' ? {} : { machine: id }),
          'runId.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
          'request.$': '$',
        });
        expect(task.ResultPath).toBe('$.result');
      },
    );

    it.each(lambdaTasks)('$name outlasts its function, so that no answer comes to nobody', ({ placeholder, task }) => {
      const step = stepIds.find((one) => `${pascal(one)}FunctionArn` === placeholder) ?? '';
      const functionSeconds = stacks.recovery.functions[step]?.timeout ?? Number.POSITIVE_INFINITY;
      expect(task.TimeoutSeconds).toBeGreaterThan(functionSeconds);
    });

    it.each([1, 45, 120, 240])('a function that acts outlasts a patience of %i s', (patienceSeconds) => {
      const plan = { ...example, pace: { ...example.pace, patienceSeconds } };
      expect(stepTimeoutSeconds('promote', plan)).toBeGreaterThan(patienceSeconds);
      expect(stepTimeoutSeconds('restore', plan)).toBe(stepTimeoutSeconds('promote', plan));
    });

    it('functions outlast the longest patience that a plan may ask for', () => {
      const patience = PlanFile.shape.pace.unwrap().shape.patienceSeconds.unwrap();
      expect(patience.safeParse(stepTimeoutSeconds('survey', example)).success).toBe(false);
      expect(patience.safeParse(240).success).toBe(true);
    });
  });

  describe('the graph', () => {
    it.each(scopes)('every state can be reached from $StartAt', (scope) => {
      expect([...reachable(scope, scope.StartAt)].sort()).toEqual(Object.keys(scope.States).sort());
    });

    it.each(scopes)('every state after $StartAt has a way out', (scope) => {
      const stuck = Object.keys(scope.States).filter((name) => {
        const ahead = [...reachable(scope, name)].flatMap((one) => scope.States[one] ?? []);
        return !ahead.some(isEnd);
      });
      expect(stuck).toEqual([]);
    });

    it.each(scopes)('every loop after $StartAt passes a Wait, or a person', (scope) => {
      const goesOn = (name: string, state: (typeof scope.States)[string]): boolean => !isPause(name, state);
      const looping = Object.entries(scope.States).filter(
        ([name, state]) =>
          goesOn(name, state) && nextOf(state).some((next) => reachable(scope, next, goesOn).has(name)),
      );
      expect(looping.map(([name]) => name)).toEqual([]);
    });

    it.each(states)('%s ends the scope or goes on', (_name, state) => {
      expect(isEnd(state) || nextOf(state).length > 0).toBe(true);
    });
  });

  describe('no logic but which step and which status', () => {
    const choices = states.flatMap(([name, state]) => (state.Type === 'Choice' ? [{ name, state }] : []));

    const isUnheard = ({ name }: { readonly name: string }): boolean => name.startsWith('Unheard');

    it('a dry run reaches no publish that a state makes by itself, without a function', () => {
      const publishing = tasks.filter(([, { Resource }]) => Resource.endsWith(':sns:publish')).map(([name]) => name);
      const before = states.filter(([, state]) => nextOf(state).some((next) => publishing.includes(next)));
      expect(before.map(([name]) => name).filter((name) => !isUnheard({ name }))).toEqual([]);
      const reads = choices
        .filter(isUnheard)
        .map(({ state }) => state.Choices.flatMap((rule) => ('And' in rule ? rule.And : [])));
      const dryRun = { Variable: '$.dryRun' };
      expect(reads).toEqual(
        publishing.map(() => [
          { ...dryRun, IsPresent: true },
          { ...dryRun, BooleanEquals: true },
        ]),
      );
    });

    it.each(choices.filter((choice) => !isUnheard(choice)))('$name reads only a status', ({ state }) => {
      const read = state.Choices.flatMap((rule) => ('And' in rule ? rule.And : [rule])).map(({ Variable }) => Variable);
      expect(read.filter((variable) => !/^\$\.(result\.status|recovered\.\w+)$/.test(variable))).toEqual([]);
    });

    it.each(choices.filter(({ name }) => name.endsWith('Status') && name !== 'RecoverStatus'))(
      '$name goes on when settled, waits when waiting, and takes anything else for a refusal',
      ({ name, state }) => {
        const step = name.replace(/Status$/, '');
        const chosen = state.Choices.map((rule) => ['StringEquals' in rule ? rule.StringEquals : '', rule.Next]);
        expect(chosen).toEqual([
          ['settled', expect.any(String)],
          ['waiting', `${step}Wait`],
          // Every other step leaves that to Restore, which has nothing to undo for a run that has no say any more.
          ...(step === 'Restore' ? [['superseded', 'Superseded']] : []),
        ]);
      },
    );
  });
});

it('the tests above look at machines that have steps, loops and branches', () => {
  expect(definitions.flatMap(({ lambdaTasks }) => lambdaTasks).length).toBeGreaterThanOrEqual(stepIds.length);
  expect(definitions.map(({ scopes }) => scopes.length)).toEqual([3, 7, 1]);
});
