import type { Outside } from '../aws/outside.ts';
import type { Decision } from '../domain/decision.ts';
import { TransientError } from '../domain/errors.ts';
import type { Intent, JournalEntry } from '../domain/journal.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Pace, Resource } from '../domain/plan.ts';
import type { Clock, Journal, RunLock } from '../domain/ports.ts';
import type { Instant } from '../domain/run.ts';
import type { AnyKind, Goal } from './contract.ts';

/** One resource to be brought to one goal. */
export interface Task {
  readonly resource: Resource;
  readonly kind: AnyKind;
  readonly step: StepId;
  readonly goal: Omit<Goal, 'now'>;
  /** What the journal knows of this resource in this step from earlier invocations, oldest first. */
  readonly history: readonly JournalEntry[];
  /** What the survey saw of it before this run changed anything. */
  readonly surveyed?: unknown;
  /** How long to keep looking before handing back `waiting`; ms. */
  readonly patienceMs: number;
}

export interface SettleDeps {
  readonly clock: Clock;
  readonly outside: Outside;
  readonly journal: Journal;
  readonly lock: RunLock;
  readonly pace: Pace;
}

/** The last time this resource was asked for something in this step, and what came of it. */
interface LastAct {
  readonly type: string;
  readonly at: Instant;
}

/**
 * The one engine for every kind, and the only caller of `act`: look, decide, write down the intent and its undo, make sure
 * that this run still holds the lock, act once, write down that it was done, look again.
 */
export async function settle(task: Task, deps: SettleDeps): Promise<Outcome> {
  const giveUpAt = deps.clock.now() + task.patienceMs;
  let last = lastAct(task.history);
  for (;;) {
    const looked = await look(task, deps, giveUpAt);
    if (looked.decision.verdict === 'settled') return record(task, deps, { ...looked.decision, status: 'settled' });
    if (looked.decision.verdict === 'refuse') return record(task, deps, { ...looked.decision, status: 'refused' });
    if (looked.decision.verdict === 'act' && !askedJustNow(last, looked.decision.action, deps)) {
      const done = await actOnce(task, deps, looked.decision, looked.facts);
      if (done === 'overtaken') return record(task, deps, overtaken(task));
      last = done === 'rejected' ? undefined : { type: looked.decision.action.type, at: deps.clock.now() };
      if (done === 'acted') continue;
    }
    if (deps.clock.now() + pollMs(deps) > giveUpAt) return record(task, deps, waiting(looked.decision));
    await deps.clock.sleep(pollMs(deps));
  }
}

type Acting = Extract<Decision<{ readonly type: string }>, { verdict: 'act' }>;
type Looked = { readonly facts: unknown; readonly decision: Decision<{ readonly type: string }> };

/** Observes and checks. A look that fails for the moment is repeated while there is patience. */
async function look({ goal, kind, resource }: Task, deps: SettleDeps, giveUpAt: Instant): Promise<Looked> {
  for (;;) {
    try {
      const facts = await kind.observe(resource.spec, goal, deps.outside);
      return { facts, decision: kind.check({ ...goal, now: deps.clock.now() }, resource.spec, facts) };
    } catch (error) {
      const again = error instanceof TransientError && deps.clock.now() + pollMs(deps) <= giveUpAt;
      if (!again) throw error;
      await deps.clock.sleep(pollMs(deps));
    }
  }
}

/** An effect may take a while to become visible: the same wish so soon after means "not visible yet". */
function askedJustNow(
  last: LastAct | undefined,
  action: { readonly type: string },
  { clock, pace }: SettleDeps,
): boolean {
  return last?.type === action.type && clock.now() - last.at < pace.visibilitySeconds * 1000;
}

/** `unanswered`: the call may have taken effect although no answer came. */
type Acted = 'acted' | 'unanswered' | 'rejected' | 'overtaken';

async function actOnce(task: Task, deps: SettleDeps, { action, why }: Acting, facts: unknown): Promise<Acted> {
  const intent: Intent = { action, undo: task.kind.undo(action, task.surveyed ?? facts) };
  await note(task, deps, { event: 'intended', why, data: intent });
  if (!(await deps.lock.hold(task.goal.run))) return 'overtaken';
  try {
    await task.kind.act(action, task.resource.spec, task.goal, deps.outside);
  } catch (error) {
    if (!(error instanceof TransientError)) {
      await note(task, deps, { event: 'failed', why: messageOf(error) });
      throw error;
    }
    if (error.effect === 'unknown') return 'unanswered';
    await note(task, deps, { event: 'rejected', why: error.message });
    return 'rejected';
  }
  await note(task, deps, { event: 'acted', why });
  return 'acted';
}

function waiting(decision: Decision<unknown>): Outcome {
  const retryAfterSeconds = decision.verdict === 'wait' ? decision.retryAfterSeconds : 1;
  const why = decision.verdict === 'act' ? `asked for, not visible yet: ${decision.why}` : decision.why;
  return { status: 'waiting', why, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterSeconds)) };
}

const overtaken = ({ goal }: Task): Outcome => ({
  status: 'refused',
  refusal: 'stale-epoch',
  why: `a newer run than ${goal.run.id} (epoch ${goal.run.epoch}) holds the lock`,
});

async function record(task: Task, deps: SettleDeps, outcome: Outcome): Promise<Outcome> {
  const refusal = outcome.status === 'refused' ? { refusal: outcome.refusal } : {};
  await note(task, deps, { event: outcome.status, why: outcome.why, ...refusal });
  return outcome;
}

async function note(
  { goal, resource, step }: Task,
  { journal }: SettleDeps,
  line: Pick<JournalEntry, 'event' | 'why' | 'data' | 'refusal'>,
): Promise<void> {
  await journal.append({ runId: goal.run.id, epoch: goal.run.epoch, step, resource: resource.id, ...line });
}

/** An intent without an answer counts as an act: it may have taken effect. One that was rejected does not. */
export function lastAct(history: readonly JournalEntry[]): LastAct | undefined {
  let last: LastAct | undefined;
  for (const { at, data, event } of history) {
    if (event === 'intended') last = { type: (data as Intent).action.type, at };
    if (event === 'rejected') last = undefined;
  }
  return last;
}

const pollMs = ({ pace }: SettleDeps): number => pace.pollSeconds * 1000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
