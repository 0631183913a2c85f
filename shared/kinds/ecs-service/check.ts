import * as z from 'zod';
import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal, Undo } from '../contract.ts';
import type { Spec } from './spec.ts';

export interface Service {
  /** `ACTIVE`, `DRAINING` (being deleted) or `INACTIVE` (deleted). */
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** The last placement failure since the service was last steady; at most one. */
  readonly events: readonly string[];
}

/** Of the service in the Region being left (isolate) or activated (rest, scale). */
export interface Facts {
  readonly service: 'absent' | 'unanswered' | Service;
}

export interface Action {
  readonly type: 'set-desired';
  readonly at: 'from' | 'to';
  readonly cluster: string;
  readonly service: string;
  readonly count: number;
}

/** A deleted service starts nothing any more, and its count can no longer be set. */
const leaving: ReadonlySet<string> = new Set(['DRAINING', 'INACTIVE']);

export function check(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  if (goal.phase === 'isolate') return checkIsolate(goal, spec, facts);
  return goal.phase === 'rest' ? checkRest(goal, spec, facts) : checkScale(goal, spec, facts);
}

/** Back to the count that was seen before; without one, a person must choose. */
export function undo(action: Action, { service }: Facts): Undo<Action> {
  if (typeof service === 'object') return { ...action, count: service.desired };
  const side = action.at === 'from' ? 'left' : 'activated';
  const remains = `${action.service} in the Region being ${side} keeps a desired count of ${action.count}`;
  return { irreversible: `${remains}: its count before was not seen (${service}); set it by hand` };
}

function checkIsolate({ run }: Goal, spec: Spec, { service }: Facts): Decision<Action> {
  const target = spec[run.from.place];
  const where = `${target.service} in ${run.from.region}`;
  if (!spec.isolate) return settled(`the plan does not isolate ${where}`);
  if (service === 'unanswered') return wait(`${where} does not answer: the fence is not confirmed`, 1);
  if (service === 'absent') return settled(`${where} does not exist: nothing can run`);
  const tasks = service.running + service.pending;
  if (!leaving.has(service.status) && service.desired > 0) {
    const action = { type: 'set-desired', at: 'from', ...target, count: 0 } as const;
    return act(action, `fence ${where}: ${service.desired} tasks are desired, ${tasks} run or start`);
  }
  if (tasks > 0) return wait(`${where}: ${tasks} tasks have not stopped yet`, 1);
  return settled(`no task of ${where} runs`);
}

/**
 * Exactly so many are wanted. That they all run is not: while the Region is being repaired they may find no database, and
 * what matters is that no more than these work.
 */
function checkRest({ run }: Goal, spec: Spec, { service }: Facts): Decision<Action> {
  const target = spec[run.to.place];
  const count = spec.tasksAtRest;
  const where = `${target.service} in ${run.to.region}`;
  if (count === undefined) return settled(`the plan leaves ${where} as it is at rest`);
  if (service === 'unanswered') return wait(`${where} does not answer`, 1);
  if (service === 'absent') return refuse('service-not-found', `${where} does not exist`);
  if (leaving.has(service.status)) return refuse('service-not-found', `${where} is ${service.status}`);
  if (service.desired !== count) {
    const action = { type: 'set-desired', at: 'to', ...target, count } as const;
    return act(action, `bring ${where} to rest: from ${service.desired} to ${count} tasks`);
  }
  const tasks = service.running + service.pending;
  if (tasks > count) return wait(`${where}: ${tasks - count} tasks have not stopped yet`, 1);
  return settled(`${where} is at rest: ${service.running} of ${count} tasks run`);
}

function checkScale(goal: Goal, spec: Spec, { service }: Facts): Decision<Action> {
  const { region, place } = goal.run.to;
  const where = `${spec[place].service} in ${region}`;
  if (service === 'unanswered') return wait(`${where} does not answer`, 1);
  if (service === 'absent') return refuse('service-not-found', `${where} does not exist`);
  if (leaving.has(service.status)) return refuse('service-not-found', `${where} is ${service.status}`);
  const need = needOf(goal, spec);
  if (need === undefined) {
    const remedy = 'give tasksMin, or let a survey record the service while it is well';
    return refuse('capacity-unknown', `${where}: how many tasks are needed is neither recorded nor planned; ${remedy}`);
  }
  if (service.desired < need.tasks) {
    const action = { type: 'set-desired', at: 'to', ...spec[place], count: need.tasks } as const;
    return act(action, `raise ${where} from ${service.desired} to ${need.tasks} tasks: ${need.source}`);
  }
  const state = `${service.running} of ${need.tasks} tasks run in ${region}: ${need.source}`;
  if (service.running >= need.tasks) return settled(state);
  return wait([state, ...service.events].join('; ECS says: '), 1);
}

interface Need {
  readonly tasks: number;
  /** Where the number comes from, and how old it is. */
  readonly source: string;
}

/**
 * The larger of what the plan asks for and what was desired where the traffic was. What runs here does not count towards
 * it: a deployment runs up to twice the desired count, and following that would raise the count without end.
 */
function needOf(goal: Goal, spec: Spec): Need | undefined {
  const recorded = recordedNeed(goal);
  const planned = spec.tasksMin;
  if (planned === undefined || (recorded !== undefined && recorded.tasks >= planned)) return recorded;
  const rest = recorded === undefined ? 'no desired count is recorded' : `more than the ${recorded.source}`;
  return { tasks: planned, source: `the plan's minimum is ${planned}, ${rest}` };
}

/** Recorded data is foreign. A count of zero in the Region in charge says that somebody stopped it, not what is needed. */
const Recorded = z.object({ service: z.object({ desired: z.int().positive() }) });

/** What this run's survey saw there is newer than any record. */
function recordedNeed({ now, recorded, run, surveyed }: Goal): Need | undefined {
  for (const known of [surveyed.isolate, recorded.isolate]) {
    const parsed = Recorded.safeParse(known?.facts);
    if (known === undefined || !parsed.success) continue;
    const { desired } = parsed.data.service;
    const ageSeconds = Math.max(0, Math.round((now - known.at) / 1000));
    return { tasks: desired, source: `${desired} desired in ${run.from.region}, recorded ${ageSeconds} s ago` };
  }
  return undefined;
}
