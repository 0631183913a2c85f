import { type Directive, isAnswer } from '../domain/directive.ts';
import { isFailure } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Instant } from '../domain/run.ts';
import { effectsOfRuns } from '../domain/undo.ts';
import { notificationOf } from '../report/notification.ts';
import { closeRun } from './close-run.ts';
import { defineStep, note, type StepContext, sinceHeld } from './define-step.ts';
import { humanPauseSeconds } from './human-pause.ts';
import { isTooSoonToSee, promotedAsSeen } from './promoted-as-seen.ts';
import { tell } from './tell.ts';

/**
 * A run that can go neither forward nor back waits for what a person records: resume, skip a resource, or stop. It pages
 * again and again, and gives up at last; the lock it then keeps can be taken over.
 */
export const hold = defineStep('hold', async (context) => {
  const { deps, plan, run } = context;
  const { giveUpAfterSeconds, pageEverySeconds } = plan.policy.hold;
  const lookUntil = deps.clock.now() + plan.pace.patienceSeconds * 1000;
  let { askedAt, since } = heldSince(context.entries);
  for (;;) {
    const directive = unheard(await deps.coordination.directives.read(run.id), context);
    if (directive !== undefined && !mustWait(directive, context)) return obey(context, directive);
    const now = deps.clock.now();
    if (since !== undefined && now - since >= giveUpAfterSeconds * 1000) return giveUp(context);
    if (askedAt === undefined || now - askedAt >= pageEverySeconds * 1000) {
      askedAt = await page(context, askedAt === undefined);
      since ??= askedAt;
    }
    if (now >= lookUntil) return waiting(context);
    await deps.clock.sleep(Math.min(plan.pace.pollSeconds * 1000, lookUntil - now));
  }
});

interface Held {
  /** When this hold began; undefined: it begins now. */
  readonly since?: Instant;
  /** When people were asked last. */
  readonly askedAt?: Instant;
}

function heldSince(entries: readonly JournalEntry[]): Held {
  const asked = sinceHeld(entries).filter(({ event, step }) => step === 'hold' && event === 'asked');
  const [first, last] = [asked[0], asked.at(-1)];
  return first === undefined || last === undefined ? {} : { since: first.at, askedAt: last.at };
}

/** The newest that counts still and that no earlier hold has followed. */
function unheard(directives: readonly Directive[], { deps, entries }: StepContext): Directive | undefined {
  const heard = entries.flatMap(({ data, event }) =>
    event === 'answered' ? [(data as { readonly directive: Directive }).directive.at] : [],
  );
  const now = deps.clock.now();
  return directives.findLast((one) => !isAnswer(one) && now < one.expiresAt && !heard.includes(one.at));
}

/** Stop asks where the data is, and an answer that came too early would be wrong. */
const mustWait = ({ type }: Directive, context: StepContext): boolean => type === 'stop' && isTooSoonToSee(context);

/** The first time Notify has just told everybody. */
async function page(context: StepContext, isFirst: boolean): Promise<Instant> {
  const { deps, entries, run } = context;
  const { at } = await note(context, 'asked', 'is held: resume, skip a resource, or stop?');
  if (isFirst) return at;
  await tell(context, notificationOf(run, entries, 'held')).catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    deps.log('error', error.message, { runId: run.id });
  });
  return at;
}

async function obey(context: StepContext, directive: Directive): Promise<Outcome> {
  const who = `${directive.by}: ${directive.reason}`;
  const words = directive.type === 'skip' ? `skip ${directive.resource}` : directive.type;
  await note(context, 'answered', `${words}, by ${who}`, { data: { directive } });
  if (directive.type !== 'stop') return { status: 'settled', why: `${words}, by ${who}` };
  return stop(context, who);
}

/** Nothing more is done or undone. Whoever has the data is in charge from then on. */
async function stop(context: StepContext, who: string): Promise<Outcome> {
  const { run } = context;
  const hasMoved = (await promotedAsSeen(context)) !== undefined;
  const inCharge = hasMoved ? run.to.region : run.from.region;
  const why = `stopped as it is, by ${who}; ${inCharge} is in charge${hasMoved ? '' : remains(context)}`;
  const closed = await closeRun(context, hasMoved ? 'abandoned' : 'stopped', why);
  return closed.status === 'settled' ? { status: 'refused', refusal: 'hold-ended', why: closed.why } : closed;
}

function remains({ entries, takenOver }: StepContext): string {
  const effects = effectsOfRuns([entries, ...takenOver]).filter(({ entry }) => entry.step !== 'promote');
  const left = effects.map(({ entry, resource }) => `${resource}: ${entry.why}`);
  return left.length === 0 ? '' : `; remains: ${left.join(' · ')}`;
}

async function giveUp(context: StepContext): Promise<Outcome> {
  const why = `nobody decided within ${context.plan.policy.hold.giveUpAfterSeconds} s; a new run can take over`;
  return { status: 'refused', refusal: 'hold-ended', why };
}

const waiting = ({ plan, run }: StepContext): Outcome => ({
  status: 'waiting',
  why: `held: waits for understudy hold ${run.id} resume | skip RESOURCE | stop`,
  retryAfterSeconds: humanPauseSeconds(plan),
});
