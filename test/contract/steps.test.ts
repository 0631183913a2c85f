import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { schedules } from '../../deploy/schedules.ts';
import { handlers } from '../../lab/functions.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import { filesOf, nameOf, pascal, textOf } from './files.ts';
import { definitions } from './machine.ts';
import { stacks } from './stacks.ts';

const functionFiles = filesOf('functions/[!_]*.ts').map(nameOf);

const lambdaTasks = definitions.flatMap((definition) => definition.lambdaTasks);

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

  it('the state machines run every step, and nothing else', () => {
    const placeholders = new Set(lambdaTasks.map(({ placeholder }) => placeholder));
    expect([...placeholders].sort()).toEqual(stepIds.map((id) => `${pascal(id)}FunctionArn`).sort());
  });

  it.each(stepIds)('a state is called like the step %s that it runs', (id) => {
    const names = lambdaTasks.filter(({ placeholder }) => placeholder === `${pascal(id)}FunctionArn`);
    expect(names.map(({ name }) => name)).toContain(pascal(id));
  });
});

describe('the stack of a Region that holds data', () => {
  const { environment, functions } = stacks.recovery;

  it('deploys every function', () => {
    expect(Object.keys(functions).sort()).toEqual(functionFiles);
  });

  it.each(functionFiles)('%s exports a handler', async (name) => {
    const { handler } = z
      .object({ handler: z.custom<unknown>((value) => typeof value === 'function') })
      .parse(await import(`../../functions/${name}.ts`));
    expect(handler).toBeTypeOf('function');
  });

  it('gives the functions exactly the environment that they read', () => {
    const read = textOf('functions/_lambda.ts').match(/UNDERSTUDY_\w+/g);
    expect(Object.keys(environment).sort()).toEqual([...new Set(read)].sort());
  });

  it.each(['probe', 'guard', 'take-over'])(
    '%s works for the whole minute between two schedules, and lives longer',
    (name) => {
      expect(schedules[name]?.durationSeconds).toBe(60);
      expect(functions[name]?.timeout).toBeGreaterThan(60);
    },
  );
});

it('the lab runs every function that is deployed', () => {
  expect(Object.keys(handlers).sort()).toEqual(functionFiles);
});
