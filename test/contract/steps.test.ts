import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { handlers } from '../../lab/functions.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import { filesOf, nameOf, pascal, textOf } from './files.ts';
import { lambdaTasks } from './machine.ts';
import { logicalIdOf, template } from './template.ts';

const functionFiles = filesOf('functions/[!_]*.ts').map(nameOf);

/** Functions that are no steps: they start runs, watch, and guard the write lease. */
const around = ['evaluate', 'guard', 'probe', 'take-over', 'trigger'];

describe('one word per step, everywhere', () => {
  it('the functions are the steps and those around them', () => {
    expect(functionFiles).toEqual([...stepIds, ...around].sort());
  });

  it.each(stepIds)('%s is a file in shared/steps that exports the step of that name', async (id) => {
    const exported: Record<string, unknown> = await import(`../../shared/steps/${id}.ts`);
    expect(Object.values(exported)).toContainEqual(expect.objectContaining({ id, run: expect.any(Function) }));
  });

  it.each(stepIds)('the function %s imports the step of the same name', (id) => {
    expect(textOf(`functions/${id}.ts`)).toContain(`from '../shared/steps/${id}.ts'`);
  });

  it('the state machine runs every step, and nothing else', () => {
    const placeholders = new Set(lambdaTasks.map(({ placeholder }) => placeholder));
    expect([...placeholders].sort()).toEqual(stepIds.map((id) => `${pascal(id)}FunctionArn`).sort());
  });

  it.each(stepIds)('a state is called like the step %s that it runs', (id) => {
    const names = lambdaTasks.filter(({ placeholder }) => placeholder === `${pascal(id)}FunctionArn`);
    expect(names.map(({ name }) => name)).toContain(pascal(id));
  });
});

describe('serverless.yml', () => {
  it('deploys every function', () => {
    expect(Object.keys(template.functions).sort()).toEqual(functionFiles);
  });

  it.each(functionFiles)('%s is deployed from its own file, which exports a handler', async (name) => {
    const { handler } = z
      .object({ handler: z.custom<unknown>((value) => typeof value === 'function') })
      .parse(await import(`../../functions/${name}.ts`));
    expect(handler).toBeTypeOf('function');
    expect(template.functions[name]?.handler).toBe(`functions/${name}.handler`);
  });

  it('gives the functions exactly the environment that they read', () => {
    const read = textOf('functions/_lambda.ts').match(/UNDERSTUDY_\w+/g);
    expect(Object.keys(template.provider.environment).sort()).toEqual([...new Set(read)].sort());
  });

  it('fills every placeholder of the state machine with the ARN of the function it names', () => {
    const { TopicArn, ...functions } = template.resources.Resources.FailoverMachine.Properties.DefinitionSubstitutions;
    const wanted = stepIds.map((id) => [`${pascal(id)}FunctionArn`, `${logicalIdOf(id)}.Arn`] as const);
    expect(functions).toEqual(Object.fromEntries(wanted));
    expect(TopicArn).toBe('Topic');
  });

  it.each(['probe', 'guard', 'take-over'] as const)(
    '%s works for the whole minute between two schedules, and lives longer',
    (name) => {
      const { GuardSchedule, ProbeSchedule, TakeOverSchedule } = template.resources.Resources;
      const { Input } = { probe: ProbeSchedule, guard: GuardSchedule, 'take-over': TakeOverSchedule }[name].Properties
        .Target;
      const { durationSeconds } = JSON.parse(Input);
      expect(durationSeconds).toBe(60);
      expect(template.functions[name]?.timeout).toBeGreaterThan(durationSeconds);
    },
  );

  it('gives the coordination table the keys that the code uses', () => {
    const keys = template.resources.Resources.CoordinationTable.Properties.KeySchema;
    expect(keys.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
  });
});

it('the lab runs every function that is deployed', () => {
  expect(Object.keys(handlers).sort()).toEqual(functionFiles);
});
