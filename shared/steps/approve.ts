import { type Ask, askInWords, askOf, type Granted, grantedIn, missing } from '../domain/approval.ts';
import { type Directive, isAnswer } from '../domain/directive.ts';
import { isFailure } from '../domain/errors.ts';
import type { LossEstimate } from '../domain/loss.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Instant } from '../domain/run.ts';
import { questionOf } from '../report/question.ts';
import { atRest, defineStep, note, type StepContext, sinceHeld } from './define-step.ts';
import { haltedBy } from './halted.ts';
import { humanPauseSeconds } from './human-pause.ts';
import { goalOf, participants } from './tasks.ts';
import { tell } from './tell.ts';

/**
 * Asks people for what only they can permit, before anything is isolated: to promote at all, if the plan says so, and to
 * lose more than the RPO. It waits for a record, so that the answer may come by any way, from any Region.
 */
export const approve = defineStep('approve', async (context) => {
  const [halted, losses] = await atRest([haltedBy(context), lossesOf(context)]);
  if (halted !== undefined) return halted;
  const { objectives, policy } = context.plan;
  const ask = askOf({ approval: policy.approval, rpoSeconds: objectives.rpoSeconds, losses });
  const granted = grantedIn([...context.takenOver.flat(), ...context.entries]);
  if (missing(ask, granted).length === 0) return { status: 'settled', why: settledBecause(ask, granted) };
  return waitForAnswer(context, ask);
});

/** What each resource would lose. Resources are looked at afresh: nothing of the survey is believed. */
async function lossesOf(context: StepContext): Promise<readonly LossEstimate[]> {
  const taking = await participants(context, 'promote');
  const losses = await Promise.all(
    taking.map(async ({ kind, resource }) => {
      if (kind.estimateLoss === undefined) return undefined;
      const [facts, goal] = await atRest([
        kind.observe(resource.spec, { phase: 'promote', run: context.run }, context.deps.outside),
        goalOf(context, { kind, phase: 'promote', resource }),
      ]);
      return kind.estimateLoss({ ...goal, now: context.deps.clock.now() }, resource.spec, facts);
    }),
  );
  return losses.flatMap((loss) => loss ?? []);
}

const settledBecause = (ask: Ask, granted: readonly Granted[]): string =>
  granted.length === 0 ? `nobody has to be asked: ${lossText(ask)}` : `granted before: ${askInWords(ask)}`;

const lossText = ({ loss }: Ask): string => (loss === undefined ? 'nothing can be lost' : loss.why);

async function waitForAnswer(context: StepContext, ask: Ask): Promise<Outcome> {
  const { deps, plan, run } = context;
  const until = (await ensureAsked(context, ask)) + plan.policy.approvalWithinSeconds * 1000;
  const lookUntil = Math.min(until, deps.clock.now() + plan.pace.patienceSeconds * 1000);
  for (;;) {
    const answer = validAnswer(await deps.coordination.directives.read(run.id), deps.clock.now());
    if (answer !== undefined) return answered(context, ask, answer);
    const now = deps.clock.now();
    if (now >= until) return refusedFor('approval-timeout', `nobody answered in time: the run ${askInWords(ask)}`);
    if (now >= lookUntil) return waiting(context, ask, until);
    await deps.clock.sleep(Math.min(plan.pace.pollSeconds * 1000, lookUntil - now));
  }
}

/** @returns when the question was asked first. It is asked again if more is needed than before. */
async function ensureAsked(context: StepContext, ask: Ask): Promise<Instant> {
  const { entries, deps, plan, run } = context;
  const asked = sinceHeld(entries).findLast(({ event, step }) => step === 'approve' && event === 'asked');
  if (asked !== undefined) return asked.at;
  const { loss, needs } = ask;
  const data = { needs, ...(loss === undefined ? {} : { loss: loss.seconds, rows: loss.rows }) };
  const { at } = await note(context, 'asked', askInWords(ask), { data });
  const until = at + plan.policy.approvalWithinSeconds * 1000;
  // Nobody hears a question on a dead channel: then the run waits for its deadline, which is safe.
  await tell(context, questionOf({ run, ask, until })).catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    deps.log('error', error.message, { runId: run.id });
  });
  return at;
}

/** The newest one counts: people may change their minds until the run has read it. */
const validAnswer = (directives: readonly Directive[], now: Instant): Directive | undefined =>
  directives.findLast((one) => isAnswer(one) && now < one.expiresAt);

async function answered(context: StepContext, ask: Ask, answer: Directive): Promise<Outcome> {
  const who = `${answer.by}: ${answer.reason}`;
  if (answer.type !== 'approve') {
    await note(context, 'answered', `declined by ${who}`, { data: { directive: answer } });
    return refusedFor('approval-declined', `declined by ${who}`);
  }
  const granted: readonly Granted[] = answer.needs.map((need) => ({
    need,
    ...(answer.loss === undefined ? {} : { loss: answer.loss }),
  }));
  const open = missing(ask, granted);
  if (open.length > 0) {
    return refusedFor('approval-declined', `${who} did not grant ${open.join(' and ')}: the run ${askInWords(ask)}`);
  }
  await note(context, 'answered', `approved by ${who}`, { data: { directive: answer, granted } });
  return { status: 'settled', why: `approved by ${who}; the run ${askInWords(ask)}` };
}

const waiting = ({ plan }: StepContext, ask: Ask, until: Instant): Outcome => ({
  status: 'waiting',
  why: `waits for a person until ${new Date(until).toISOString()}: the run ${askInWords(ask)}`,
  retryAfterSeconds: humanPauseSeconds(plan),
});

const refusedFor = (refusal: 'approval-declined' | 'approval-timeout', why: string): Outcome => ({
  status: 'refused',
  refusal,
  why,
});
