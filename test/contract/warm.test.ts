import { describe, expect, it } from 'vitest';
import { makeClockEngine } from '../../lab/asl/clock-engine.ts';
import { fillDefinition } from '../../lab/asl/definition.ts';
import type { TaskCall } from '../../lab/cloud/engine.ts';
import { handlers } from '../../lab/functions.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import { unreachable } from '../support/unreachable.ts';
import { noon, virtualClock } from '../support/virtual-clock.ts';
import { pascal } from './files.ts';
import { definitions, reachable } from './machine.ts';
import { example } from './stacks.ts';

const [failback] = definitions.filter(({ id }) => id === 'failback');
if (failback === undefined) throw new Error('there is no failback machine');
const { lambdaTasks, machine, text, warmTasks } = failback;

/** Where the frozen stretch ends: traffic has moved, or Restore has let writes go on. */
const ends = ['FlipDns', 'Restore'];

/** Longer, and the run would be noticeably late; a cold start takes no ten seconds. */
const timeoutSecondsMax = 10;

describe('Warm', () => {
  it('wakes what works while writes stand still, and nothing else', () => {
    // Freeze has loaded all it needs before it claims the lease.
    const frozen = reachable(machine, 'FinalSync', (name) => !ends.includes(name));
    const working = lambdaTasks.filter(({ name }) => frozen.has(name) || ends.includes(name));
    expect(warmTasks.map(({ placeholder }) => placeholder)).toEqual(working.map(({ placeholder }) => placeholder));
    expect(working.length).toBeGreaterThan(ends.length);
  });

  it('comes right before Freeze, whatever becomes of it, and leaves no trace in the state', () => {
    expect(machine.States['ScaleStatus']).toMatchObject({ Choices: [{ Next: 'Warm' }, { Next: 'ScaleWait' }] });
    const caught = { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Freeze' };
    expect(machine.States['Warm']).toMatchObject({ Next: 'Freeze', ResultPath: null, Catch: [caught] });
  });

  it.each(warmTasks)('$name asks what the step will ask, marked, once and not for long', ({ placeholder, task }) => {
    const step = lambdaTasks.find((one) => one.placeholder === placeholder);
    expect(task.Parameters).toEqual({ ...step?.task.Parameters, warm: true });
    expect(task.Retry).toEqual([]);
    expect(task.TimeoutSeconds).toBeLessThanOrEqual(timeoutSecondsMax);
  });
});

interface Invoked {
  readonly name: string;
  readonly atSeconds: number;
  readonly parameters: unknown;
}

/** The whole machine in modelled time; every step settles at once. @param warming what is answered to a wake-up */
async function played(warming: (task: TaskCall) => Promise<unknown>) {
  const clock = virtualClock();
  const invoked: Invoked[] = [];
  const filled = fillDefinition(text, Object.fromEntries(placeholders.map((name) => [name, `arn:${name}`])));
  const { result } = makeClockEngine(clock)(
    filled,
    { application: 'shop' },
    {
      context: { executionName: 'run-1', executionArn: 'arn:run-1', startedAt: new Date(noon).toISOString() },
      invokeTask: async (task) => {
        const { parameters, stateName: name } = task;
        invoked.push({ name, atSeconds: (clock.now() - noon) / 1000, parameters });
        return name.startsWith('Warm') ? warming(task) : { status: 'settled' };
      },
    },
  );
  const { status } = await result;
  const freeze = invoked.findIndex(({ name }) => name === 'Freeze');
  return { status, freeze: invoked[freeze], before: invoked.slice(0, freeze) };
}

const placeholders = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
const silent = (): Promise<never> => new Promise(() => undefined);
const failing = async (): Promise<never> => {
  throw Object.assign(new Error('too many'), { name: 'Lambda.TooManyRequestsException' });
};
const only = (name: string, answer: () => Promise<unknown>) => async (task: TaskCall) =>
  task.stateName === name ? answer() : { status: 'settled' };

describe('a run that warms', () => {
  it('wakes all of them at the same moment, and freezes when they are awake', async () => {
    const { before, freeze, status } = await played(only('none', silent));
    const woken = before.filter(({ name }) => name.startsWith('Warm'));
    expect(woken.map(({ atSeconds, name }) => [name, atSeconds])).toEqual(warmTasks.map(({ name }) => [name, 0]));
    expect({ atSeconds: freeze?.atSeconds, status }).toEqual({ atSeconds: 0, status: 'SUCCEEDED' });
  });

  it.each([
    ['fails', failing, 0],
    ['never answers', silent, timeoutSecondsMax],
  ])('freezes as well when one of them %s, and then knows nothing of it', async (_what, answer, atSeconds) => {
    const untroubled = await played(only('none', silent));
    const { freeze, status } = await played(only('WarmPromote', answer));
    expect(status).toBe('SUCCEEDED');
    expect(freeze).toEqual({ ...untroubled.freeze, atSeconds });
  });
});

describe('a function that is woken', () => {
  const request = { application: example.application };
  const wakeUp = { machine: 'failback', runId: 'run-1', startedAt: '2026-01-01T12:00:00Z', request, warm: true };
  const woken = stepIds.filter((id) => warmTasks.some(({ placeholder }) => placeholder === `${pascal(id)}FunctionArn`));

  it.each(woken)('%s says so, and has touched and told nothing; a dry run is no exception', async (id) => {
    const { lines, runtime, touched } = unreachable();
    const handler = handlers[id]?.with(async () => runtime);
    const answer = { step: id, status: 'settled', why: expect.any(String), retryAfterSeconds: 1 };
    expect(await handler?.(wakeUp, {})).toEqual(answer);
    expect(await handler?.({ ...wakeUp, request: { ...request, dryRun: true } }, {})).toEqual(answer);
    expect({ lines, touched }).toEqual({ lines: [], touched: [] });
  });

  it('has loaded the kinds that the plan of the application names', async () => {
    const [resource] = example.resources;
    if (resource === undefined) throw new Error('the example has no resources');
    const { runtime } = unreachable({ ...example, resources: [{ ...resource, kind: 'carrier-pigeon' }] });
    const handler = handlers['promote']?.with(async () => runtime);
    await expect(handler?.(wakeUp, {})).rejects.toMatchObject({ code: 'UnknownKind' });
  });
});
