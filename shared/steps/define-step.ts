import { TerminalError } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StepId } from '../domain/phase.ts';
import type { Plan } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import type { Deps, Step, StepInput } from './contract.ts';
import { planOf, resultOf } from './result.ts';
import { journalsTakenOver } from './taken-over.ts';

/** What a step's body works with, read afresh at each invocation. */
export interface StepContext {
  readonly step: StepId;
  readonly run: Run;
  readonly plan: Plan;
  /** The run's journal as it was when the invocation began, oldest first. */
  readonly entries: readonly JournalEntry[];
  /** The journals of the runs that this one has taken over, newest first. */
  readonly takenOver: readonly (readonly JournalEntry[])[];
  readonly deps: Deps;
}

/**
 * Puts around a body what every step after Detect needs: the run and its journal, the lines "started" and "finished",
 * and the deadline after which waiting becomes a refusal, so that no loop of the state machine goes on for ever.
 */
export function defineStep(id: StepId, body: (context: StepContext) => Promise<Outcome>): Step {
  return {
    id,
    async run(input, deps) {
      const context = await contextOf(id, input, deps);
      const outcome = await withFailuresNoted(context, async () => {
        const broken = id === 'notify' ? undefined : brokenJournal(context);
        if (broken !== undefined) return broken;
        // Side by side: the journal keeps the order in which lines were handed to it. Holding the lock is the heartbeat
        // of a run that waits for minutes; whether it is held is asserted before each act.
        const [startedAt, settled] = await atRest([
          ensureStarted(context),
          body(context),
          deps.coordination.lock.hold(context.run),
        ]);
        return withinDeadline(settled, startedAt, context);
      });
      if (outcome.status !== 'waiting') await note(context, 'step-finished', outcome.why, refusalOf(outcome));
      deps.log('info', outcome.why, { runId: input.runId, step: id, status: outcome.status });
      return resultOf(id, outcome);
    },
  };
}

/** What one of them does must not go on behind the failure of the other, beside the next invocation. */
export async function atRest<T extends readonly unknown[]>(
  all: readonly [...T],
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/** What a step throws reaches the state machine only as a name: the journal keeps the sentence. */
async function withFailuresNoted(context: StepContext, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await note(context, 'failed', why).catch(() => undefined);
    throw error;
  }
}

async function contextOf(step: StepId, { request, runId }: StepInput, deps: Deps): Promise<StepContext> {
  const plan = planOf(deps, request.application);
  const [run, entries] = await Promise.all([deps.coordination.lock.run(runId), deps.coordination.journal.read(runId)]);
  if (run === undefined) throw new TerminalError(`run ${runId} was never opened`, { code: 'RunNotOpened' });
  const takenOver = await journalsTakenOver(run, deps.coordination);
  return { step, run, plan, entries, takenOver, deps };
}

/** Nothing is concluded from a journal that somebody has changed. Only Notify goes on: people must hear of it. */
function brokenJournal({ deps, entries, takenOver }: StepContext): Outcome | undefined {
  for (const journal of [entries, ...takenOver]) {
    const found = deps.coordination.journal.firstBreak(journal);
    if (found === undefined) continue;
    return { status: 'refused', refusal: 'journal-broken', why: `journal of ${journal[0]?.runId}: ${found.why}` };
  }
  return undefined;
}

async function ensureStarted(context: StepContext): Promise<number> {
  const { step } = context;
  const earlier = sinceHeld(context.entries).find((entry) => entry.step === step && entry.event === 'step-started');
  return (earlier ?? (await note(context, 'step-started', `${step} begins`))).at;
}

/** What was told since a person let a held run go on: deadlines and questions begin anew then. */
export function sinceHeld(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const resumed = entries.findLastIndex(({ event, step }) => step === 'hold' && event === 'step-finished');
  return entries.slice(resumed + 1);
}

const refusalOf = (outcome: Outcome) => (outcome.status === 'refused' ? { refusal: outcome.refusal } : {});

/** They wait for people, for as long as the plan says. */
const withOwnDeadline: ReadonlySet<StepId> = new Set(['approve', 'hold']);

function withinDeadline(outcome: Outcome, startedAt: number, { deps, plan, step }: StepContext): Outcome {
  if (withOwnDeadline.has(step)) return outcome;
  const { stepDeadlineSeconds } = plan.pace;
  if (outcome.status !== 'waiting' || deps.clock.now() - startedAt <= stepDeadlineSeconds * 1000) return outcome;
  const why = `not settled within ${stepDeadlineSeconds} s; last: ${outcome.why}`;
  return { status: 'refused', refusal: 'deadline-passed', why };
}

export async function note(
  { deps, run, step }: Pick<StepContext, 'deps' | 'run' | 'step'>,
  event: JournalEntry['event'],
  why: string,
  more: Pick<JournalEntry, 'resource' | 'data' | 'refusal'> = {},
): Promise<JournalEntry> {
  return deps.coordination.journal.append({ runId: run.id, epoch: run.epoch, step, event, why, ...more });
}
