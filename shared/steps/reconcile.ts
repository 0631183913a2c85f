import type { JournalEntry } from '../domain/journal.ts';
import { piecesOf } from '../domain/orphans.ts';
import type { Outcome } from '../domain/outcome.ts';
import { defineStep, note, type StepContext } from './define-step.ts';
import { promotedBefore } from './promoted-before.ts';
import { type Participant, participants } from './tasks.ts';

/**
 * Writes down which rows only the old primary has, before anything there is changed: they were acknowledged, and somebody
 * will want to replay them. What cannot be compared holds nothing up: the old primary is kept.
 */
export const reconcile = defineStep('reconcile', async (context) => {
  if (context.run.purpose === 'switchover') return settledAs('a switchover leaves nothing behind');
  const promoted = promotedBefore(context);
  if (promoted !== undefined) return settledAs(promoted);
  const asked = (await participants(context, 'compare')).filter(({ kind }) => kind.reconcile !== undefined);
  const sentences: string[] = [];
  for (const one of asked) sentences.push(reconciledBefore(context, one) ?? (await reconcileOne(context, one)));
  return settledAs(sentences.join(' · ') || 'no resource of the plan can compare the databases');
});

const settledAs = (why: string): Outcome => ({ status: 'settled', why });

/** Asked again later, the old primary may have been replaced: what was written down first is what counts. */
function reconciledBefore({ entries, takenOver }: StepContext, { resource }: Participant): string | undefined {
  return [...takenOver.flat(), ...entries].find((entry) => isSummary(entry) && entry.resource === resource.id)?.why;
}

const isSummary = ({ data, event }: JournalEntry): boolean => event === 'reconciled' && 'total' in (data as object);

/** The rows first, in pieces that fit into an item of the table; the summary last: only with it they count. */
async function reconcileOne(context: StepContext, { kind, resource }: Participant): Promise<string> {
  const orphans = await askedPatiently(context, { kind, resource });
  if (orphans === undefined) return `${resource.id}: nothing to compare`;
  const { compared, rows, total, why } = orphans;
  const pieces = piecesOf(rows);
  for (const [index, piece] of pieces.entries()) {
    const which = `orphaned rows, piece ${index + 1} of ${pieces.length}`;
    await note(context, 'reconciled', which, { resource: resource.id, data: { rows: piece } });
  }
  const sentence = `${resource.id}: ${why}`;
  const data = { compared, total, pieces: pieces.length };
  await note(context, 'reconciled', sentence, { resource: resource.id, data });
  return sentence;
}

/** One lost answer is no reason to write down nothing: it is asked again, as long as the patience of the plan lasts. */
async function askedPatiently({ deps, plan, run }: StepContext, { kind, resource }: Participant) {
  const giveUpAt = deps.clock.now() + plan.pace.patienceSeconds * 1000;
  for (;;) {
    const orphans = await kind.reconcile?.(resource.spec, { phase: 'compare', run }, deps.outside);
    if (orphans === undefined || orphans.compared || deps.clock.now() >= giveUpAt) return orphans;
    await deps.clock.sleep(plan.pace.pollSeconds * 1000);
  }
}
