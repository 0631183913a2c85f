import type { Outside } from '../aws/outside.ts';
import { type Decision, wait } from '../domain/decision.ts';
import { TerminalError, TransientError } from '../domain/errors.ts';
import type { Intent, JournalEntry, WouldAct } from '../domain/journal.ts';
import { Leashed } from '../domain/leashed.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Pace, Resource } from '../domain/plan.ts';
import type { Clock, Journal, RunLock } from '../domain/ports.ts';
import { type Instant, isPlanned } from '../domain/run.ts';
import type { AnyKind, Goal } from './contract.ts';

/** One resource to be brought to one goal. */
export interface Task {
  readonly resource: Resource;
  readonly kind: AnyKind;
  readonly step: StepId;
  readonly goal: Omit<Goal, 'now'>;
  /** What the journal knows of this resource in this step from earlier invocations, oldest first. */
  readonly history: readonly JournalEntry[];
  /** Until when to keep looking before handing back `waiting`. One look is made in any case. */
  readonly giveUpAt: Instant;
}

export interface SettleDeps {
  readonly clock: Clock;
  readonly outside: Outside;
  readonly journal: Journal;
  readonly lock: RunLock;
  readonly pace: Pace;
}

/**
 * The one engine for every kind, and the only caller of `act`: look, decide, write down the intent and its undo, make sure
 * that this run still holds the lock, act once, write down that it was done, look again.
 */
export async function settle(task: Task, deps: SettleDeps): Promise<Outcome> {
  const written: Promise<void>[] = [];
  try {
    const outcome = await pursue(task, deps, written);
    const refusal = outcome.status === 'refused' ? { refusal: outcome.refusal } : {};
    written.push(note(task, deps, { event: outcome.status, why: outcome.why, ...refusal }));
    return outcome;
  } finally {
    // All of them to their end before the first failure is heard: nothing may go on behind it.
    await Promise.allSettled(written);
    await Promise.all(written);
  }
}

/** @param written takes the lines that are under way while the effect is looked for: that it was done costs no time. */
async function pursue(task: Task, deps: SettleDeps, written: Promise<void>[]): Promise<Outcome> {
  const asked = new Map(lastAsked(task.history));
  for (;;) {
    const { decision, facts } = await look(task, asked, deps);
    if (decision.verdict === 'settled') return { status: 'settled', why: decision.why };
    if (decision.verdict === 'refuse') return { status: 'refused', why: decision.why, refusal: decision.refusal };
    if (decision.verdict === 'act' && !askedJustNow(asked, decision.action, deps)) {
      const done = await actOnce(task, deps, decision, facts);
      if (done === 'overtaken') return overtaken(task);
      if (done === 'leashed') return { status: 'settled', why: `would be done: ${decision.why}` };
      if (done === 'rejected') asked.delete(decision.action.type);
      else asked.set(decision.action.type, deps.clock.now());
      if (done === 'acted') {
        written.push(noteMeanwhile(task, deps, { event: 'acted', why: decision.why }));
        continue;
      }
    }
    if (deps.clock.now() + pollMs(deps) > task.giveUpAt) return waiting(decision, asked);
    await deps.clock.sleep(pollMs(deps));
  }
}

type Acting = Extract<Decision<{ readonly type: string }>, { verdict: 'act' }>;
type Looked = { readonly facts: unknown; readonly decision: Decision<{ readonly type: string }> };

/** Observes and checks. What cannot be seen for the moment is looked at again, like all that waits. */
async function look({ goal, kind, resource }: Task, asked: Asked, { clock, outside }: SettleDeps): Promise<Looked> {
  // What was asked for in this invocation is not in the journal that the goal was made of.
  const intended = [...new Set([...(goal.intended ?? []), ...asked.keys()])];
  try {
    const facts = await kind.observe(resource.spec, goal, outside);
    return { facts, decision: kind.check({ ...goal, intended, now: clock.now() }, resource.spec, facts) };
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    return { facts: undefined, decision: wait(error.message, 1) };
  }
}

/** When this resource was last asked for what in this step, by the action's type. */
type Asked = ReadonlyMap<string, Instant>;

/**
 * An effect may take a while to become visible: the same wish so soon after means "not visible yet". All types are
 * remembered, so that a kind that wants one thing and its opposite in turn comes to rest, too.
 */
function askedJustNow(asked: Asked, { type }: { readonly type: string }, { clock, pace }: SettleDeps): boolean {
  const at = asked.get(type);
  return at !== undefined && clock.now() - at < pace.visibilitySeconds * 1000;
}

/** `unanswered`: the call may have taken effect although no answer came. `leashed`: this is a dry run. */
type Acted = 'acted' | 'unanswered' | 'rejected' | 'overtaken' | 'leashed';

async function actOnce(task: Task, deps: SettleDeps, { action, why }: Acting, facts: unknown): Promise<Acted> {
  const intent: Intent = { action, undo: task.kind.undo(action, before(task, facts)) };
  await note(task, deps, { event: 'intended', why, data: intent });
  if (!(await deps.lock.hold(task.goal.run))) {
    await note(task, deps, { event: 'rejected', why: overtaken(task).why });
    return 'overtaken';
  }
  try {
    await task.kind.act(action, task.resource.spec, task.goal, deps.outside);
  } catch (error) {
    if (error instanceof Leashed) {
      const data: WouldAct = { ...intent, call: error.call };
      await note(task, deps, { event: 'would-act', why, data });
      return 'leashed';
    }
    if (!(error instanceof TransientError)) {
      // A call that the service refused has left nothing to undo; after any other error something may stand.
      const event = error instanceof TerminalError && error.effect === 'none' ? 'rejected' : 'failed';
      await note(task, deps, { event, why: messageOf(error) });
      throw error;
    }
    if (error.effect === 'unknown') return 'unanswered';
    await note(task, deps, { event: 'rejected', why: error.message });
    return 'rejected';
  }
  return 'acted';
}

/**
 * What an undo puts back. A survey has seen it before the run changed anything; but a planned run brings a Region to rest
 * before it raises it again, and what it had found there must not come back.
 */
const before = ({ goal }: Task, facts: unknown): unknown =>
  isPlanned(goal.run) ? facts : (goal.surveyed[goal.phase]?.facts ?? facts);

function waiting(decision: Looked['decision'], asked: Asked): Outcome {
  if (decision.verdict !== 'act') {
    const retryAfterSeconds = decision.verdict === 'wait' ? decision.retryAfterSeconds : 1;
    return { status: 'waiting', why: decision.why, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterSeconds)) };
  }
  const state = asked.has(decision.action.type) ? 'asked for, not visible yet' : 'asked for, but not possible now';
  return { status: 'waiting', why: `${state}: ${decision.why}`, retryAfterSeconds: 1 };
}

const overtaken = ({ goal }: Task): Outcome => ({
  status: 'refused',
  refusal: 'stale-epoch',
  why: `a newer run than ${goal.run.id} (epoch ${goal.run.epoch}) holds the lock`,
});

type Line = Pick<JournalEntry, 'event' | 'why' | 'data' | 'refusal'>;

/** Its failure is heard when the promise is awaited at the end, and is no unhandled one until then. */
function noteMeanwhile(task: Task, deps: SettleDeps, line: Line): Promise<void> {
  const written = note(task, deps, line);
  written.catch(() => undefined);
  return written;
}

async function note({ goal, resource, step }: Task, { journal }: SettleDeps, line: Line): Promise<void> {
  await journal.append({ runId: goal.run.id, epoch: goal.run.epoch, step, resource: resource.id, ...line });
}

/** An intent without an answer counts as asked: it may have taken effect. One that was rejected does not. */
function lastAsked(history: readonly JournalEntry[]): Asked {
  const asked = new Map<string, Instant>();
  let newest = '';
  for (const { at, data, event } of history) {
    if (event === 'rejected') asked.delete(newest);
    if (event !== 'intended') continue;
    newest = (data as Intent).action.type;
    asked.set(newest, at);
  }
  return asked;
}

const pollMs = ({ pace }: SettleDeps): number => pace.pollSeconds * 1000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
