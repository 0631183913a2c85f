import type { JournalEntry } from '../domain/journal.ts';
import { Bookmark, type Orphans, piecesOf } from '../domain/orphans.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Instant } from '../domain/run.ts';
import { defineStep, note, type StepContext } from './define-step.ts';
import { overtaken } from './overtaken.ts';
import { promotedBefore } from './promoted-before.ts';
import { type Participant, participants } from './tasks.ts';

/**
 * Writes down which rows only the old primary has, before anything there is changed: they were acknowledged, and somebody
 * will want to replay them. What cannot be compared holds nothing up: the old primary is kept. A long search is handed on
 * from one invocation to the next (docs/adr/0046).
 */
export const reconcile = defineStep('reconcile', async (context) => {
  if (context.run.purpose === 'switchover') return settledAs('a switchover leaves nothing behind');
  const promoted = promotedBefore(context);
  if (promoted !== undefined) return settledAs(promoted);
  const asked = (await participants(context, 'compare')).filter(({ kind }) => kind.reconcile !== undefined);
  const sentences: string[] = [];
  for (const one of asked) {
    const before = reconciledBefore(context, one);
    const outcome = before === undefined ? await reconcileOne(context, one) : settledAs(before);
    if (outcome.status !== 'settled') return outcome;
    sentences.push(outcome.why);
  }
  return settledAs(sentences.join(' · ') || 'no resource of the plan can compare the databases');
});

const settledAs = (why: string): Outcome => ({ status: 'settled', why });

/** Asked again later, the old primary may have been replaced: what was written down first is what counts. */
function reconciledBefore({ entries, takenOver }: StepContext, { resource }: Participant): string | undefined {
  return [...takenOver.flat(), ...entries].find((entry) => isSummary(entry) && entry.resource === resource.id)?.why;
}

const isSummary = ({ data, event }: JournalEntry): boolean => event === 'reconciled' && 'total' in (data as object);

/** The rows first, in pieces that fit into an item of the table; then how far that was, or the summary: only with it they count. */
async function reconcileOne(context: StepContext, { kind, resource }: Participant): Promise<Outcome> {
  const orphans = await askedPatiently(context, { kind, resource });
  if (orphans === undefined) return settledAs(`${resource.id}: nothing to compare`);
  const { deps, run } = context;
  const { compared, next, rows, total, why } = orphans;
  if (next !== undefined && !(await deps.coordination.lock.hold(run))) return overtaken(run);
  const pieces = piecesOf(rows);
  for (const [index, piece] of pieces.entries()) {
    const which = `orphaned rows, piece ${index + 1} of ${pieces.length}`;
    await note(context, 'reconciled', which, { resource: resource.id, data: { rows: piece } });
  }
  // What was found by the deadline of the step is written down as such: it is no reason to give up the way home.
  const isHandedOn = next !== undefined && deps.clock.now() + pauseSeconds * 1000 < deadlineOf(context);
  const sentence = `${resource.id}: ${why}`;
  const data = isHandedOn ? { next, pieces: pieces.length } : { compared, total, pieces: pieces.length };
  await note(context, 'reconciled', sentence, { resource: resource.id, data });
  return isHandedOn ? { status: 'waiting', why: sentence, retryAfterSeconds: pauseSeconds } : settledAs(sentence);
}

const pauseSeconds = 1;

/** Far below the timeout of a function that only looks (290 s), as a chunk is read to its end. */
const stretchSeconds = 60;

/** So often a search says that its run is alive, in the time after which it would be taken over. */
const signsPerSilence = 4;

/** One lost answer is no reason to write down nothing: it is asked again, as long as the patience of the plan lasts. */
async function askedPatiently(context: StepContext, { kind, resource }: Participant): Promise<Orphans | undefined> {
  const { deps, entries, plan, run } = context;
  const giveUpAt = deps.clock.now() + plan.pace.patienceSeconds * 1000;
  const after = bookmarkIn(entries, resource.id);
  const stretch = { goesOn: searching(context), ...(after === undefined ? {} : { after }) };
  for (;;) {
    const orphans = await kind.reconcile?.(resource.spec, { phase: 'compare', run }, deps.outside, stretch);
    const isDone = orphans === undefined || orphans.compared || orphans.next !== undefined;
    if (isDone || deps.clock.now() >= giveUpAt) return orphans;
    await deps.clock.sleep(plan.pace.pollSeconds * 1000);
  }
}

/** Ends a stretch when its time is up, or when the run is not this one's any more; and gives signs of life until then. */
function searching(context: StepContext): () => Promise<boolean> {
  const { deps, plan, run } = context;
  const stopAt = Math.min(deps.clock.now() + stretchSeconds * 1000, deadlineOf(context));
  const everyMs = (plan.policy.takeOverAfterSeconds * 1000) / signsPerSilence;
  let signAt = deps.clock.now();
  return async () => {
    const now = deps.clock.now();
    if (now >= stopAt) return false;
    if (now - signAt < everyMs) return true;
    signAt = now;
    return deps.coordination.lock.hold(run);
  };
}

function deadlineOf({ deps, entries, plan }: StepContext): Instant {
  const started = entries.find(({ event, step }) => step === 'reconcile' && event === 'step-started');
  return (started?.at ?? deps.clock.now()) + plan.pace.stepDeadlineSeconds * 1000;
}

/** Of this run only: one that takes over searches anew, so that its own journal has all rows. */
function bookmarkIn(entries: readonly JournalEntry[], resource: string): Bookmark | undefined {
  const marks = entries.filter((entry) => entry.event === 'reconciled' && entry.resource === resource);
  return marks.map(({ data }) => Bookmark.safeParse((data as { readonly next?: unknown }).next).data).findLast(Boolean);
}
