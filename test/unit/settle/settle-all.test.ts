import { describe, expect, it } from 'vitest';
import type { Task } from '../../../shared/kinds/settle.ts';
import { settleAll } from '../../../shared/kinds/settle-all.ts';
import { type Settling, settling } from '../../support/settling.ts';

/** Tasks by the names of their lamps, each with the lamps that come before it. */
const tasksOf = ({ task }: Settling, wanted: Record<string, readonly string[]>): Promise<readonly Task[]> =>
  Promise.all(Object.entries(wanted).map(([lamp, dependsOn]) => task(lamp, dependsOn)));
const statusesOf = (outcomes: Awaited<ReturnType<typeof settleAll>>) =>
  Object.fromEntries([...outcomes].map(([id, { status }]) => [id, status]));
/** A task whose check refuses at once. */
const refusing = (task: Task): Task => ({
  ...task,
  kind: { ...task.kind, check: () => ({ verdict: 'refuse', why: 'no', refusal: 'replica-unusable' }) },
});

describe('settling all resources of a phase', () => {
  it('has nothing to do without resources', async () => {
    const all = await settling();
    expect((await settleAll([], all.deps())).size).toBe(0);
  });

  it('begins each after those it depends on, whatever their order in the plan', async () => {
    const all = await settling();
    const tasks = await tasksOf(all, { d: ['b', 'c'], c: ['a'], b: ['a'], a: [] });
    const outcomes = await settleAll(tasks, all.deps());
    expect([...outcomes.keys()]).toEqual(['d', 'c', 'b', 'a']);
    expect(statusesOf(outcomes)).toEqual({ a: 'settled', b: 'settled', c: 'settled', d: 'settled' });
    expect([all.lamps.calls.at(0), all.lamps.calls.at(-1)]).toEqual(['a', 'd']);
    expect([...all.lamps.calls].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not wait for what takes no part in the phase', async () => {
    const all = await settling();
    expect(statusesOf(await settleAll(await tasksOf(all, { a: ['elsewhere'] }), all.deps()))).toEqual({ a: 'settled' });
  });

  it('refuses what depends on a refused one, with that reason, and settles the rest', async () => {
    const all = await settling();
    const [a, ...rest] = await tasksOf(all, { a: [], b: ['a'], c: ['b'], d: [] });
    const outcomes = await settleAll([...(a === undefined ? [] : [refusing(a)]), ...rest], all.deps());
    expect([...outcomes.values()]).toMatchObject([
      { status: 'refused', refusal: 'replica-unusable' },
      { status: 'refused', refusal: 'dependency-refused' },
      { status: 'refused', refusal: 'dependency-refused' },
      { status: 'settled' },
    ]);
    expect(all.lamps.calls).toEqual(['d']);
  });

  it('lets wait what depends on one that waits', async () => {
    const all = await settling();
    all.lamps.invisibleMs = 60_000;
    const outcomes = await settleAll(await tasksOf(all, { a: [], b: ['a'] }), all.deps());
    expect(statusesOf(outcomes)).toEqual({ a: 'waiting', b: 'waiting' });
    expect(all.lamps.calls).toEqual(['a']);
  });

  it('sees the others through before it throws the failure of one', async () => {
    const all = await settling();
    all.lamps.fates = ['terminal'];
    const tasks = await tasksOf(all, { a: [], b: [], c: ['b'], d: ['a'] });
    await expect(settleAll(tasks, all.deps())).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
    const settled = (await all.entries()).filter(({ event }) => event === 'settled').map(({ resource }) => resource);
    expect(settled.length).toBe(2);
    expect([...all.lamps.effects.keys()].length).toBe(2);
  });

  it('looks at no more than 16 at the same time', async () => {
    const all = await settling();
    let now = 0;
    let most = 0;
    const busy = (task: Task): Task => ({
      ...task,
      kind: {
        ...task.kind,
        observe: async () => {
          most = Math.max(most, ++now);
          await all.small.clock.sleep(10);
          now--;
          return { lit: true };
        },
      },
    });
    const names = Array.from({ length: 50 }, (_, index) => [`lamp-${index}`, []] as const);
    await settleAll((await tasksOf(all, Object.fromEntries(names))).map(busy), all.deps());
    expect(most).toBe(16);
  });

  it('copes with 1,000 resources in one chain of dependencies', async () => {
    const all = await settling();
    const task = await all.task();
    const tasks = Array.from({ length: 1000 }, (_, index): Task => {
      const id = `lamp-${index}`;
      const dependsOn = index === 999 ? [] : [`lamp-${index + 1}`];
      return { ...task, resource: { ...task.resource, id, dependsOn, spec: { lamp: id } } };
    });
    const refused = tasks.map((one, index) => (index === 999 ? refusing(one) : one));
    const outcomes = await settleAll(refused, all.deps());
    expect(outcomes.size).toBe(1000);
    expect([...outcomes.values()].filter(({ status }) => status === 'refused').length).toBe(1000);
    expect(all.lamps.calls).toEqual([]);
  });

  it('settles 1,000 resources that depend on nothing', async () => {
    const all = await settling();
    const task = await all.task();
    const kind = { ...task.kind, observe: async () => ({ lit: true }) };
    const tasks = Array.from({ length: 1000 }, (_, index): Task => {
      const id = `lamp-${index}`;
      return { ...task, kind, resource: { ...task.resource, id, spec: { lamp: id } } };
    });
    const outcomes = await settleAll(tasks, all.deps());
    expect([...outcomes.values()].filter(({ status }) => status === 'settled').length).toBe(1000);
    expect((await all.entries()).length).toBe(1000);
  });
});
