import pLimit from 'p-limit';
import type { Outcome } from '../domain/outcome.ts';
import { type SettleDeps, settle, type Task } from './settle.ts';

/** How many resources are looked at side by side: below the request rates that AWS control planes allow. */
const concurrentResourcesMax = 16;

/**
 * Settles all resources of one phase side by side, each after those it depends on. One resource's failure does not stop
 * the others: all are seen through before the first failure is thrown.
 * @returns outcomes by resource id, in the order of the tasks
 */
export async function settleAll(tasks: readonly Task[], deps: SettleDeps): Promise<ReadonlyMap<string, Outcome>> {
  const limit = pLimit(concurrentResourcesMax);
  const started = new Map<string, Promise<Outcome>>();
  const byId = new Map(tasks.map((task) => [task.resource.id, task]));

  const start = (task: Task): Promise<Outcome> => {
    const { dependsOn, id } = task.resource;
    const running = started.get(id);
    if (running !== undefined) return running;
    const before = dependsOn.flatMap((other) => byId.get(other) ?? []).map((other) => [other, start(other)] as const);
    const promise = afterAll(before).then((blocked) => blocked ?? limit(() => settle(task, deps)));
    started.set(id, promise);
    return promise;
  };

  await Promise.allSettled(tasks.map(start));
  const outcomes = new Map<string, Outcome>();
  for (const task of tasks) outcomes.set(task.resource.id, await start(task));
  return outcomes;
}

/** Undefined when all that comes before is settled; else why this one must not start. */
async function afterAll(before: readonly (readonly [Task, Promise<Outcome>])[]): Promise<Outcome | undefined> {
  for (const [other, promise] of before) {
    const outcome = await promise;
    if (outcome.status === 'waiting') return { ...outcome, why: `waits for ${other.resource.id}: ${outcome.why}` };
    if (outcome.status === 'refused') {
      return {
        status: 'refused',
        refusal: 'dependency-refused',
        why: `depends on ${other.resource.id}: ${outcome.why}`,
      };
    }
  }
  return undefined;
}
