import type { JournalEntry } from '../domain/journal.ts';
import type { RunEnd } from '../domain/ports.ts';
import { isPlanned, type Run } from '../domain/run.ts';
import { type Message, subjectOf } from './message.ts';
import { shorten } from './text/wrap.ts';
import { sinceLoss, stepSpans } from './timeline.ts';
import { duration, isoOf, plainLine, plural, relativeTime, roundSeconds, stepTitle } from './words.ts';

/** SNS takes 256 KB: two lists of 100 sentences of at most 250 characters of 4 bytes stay below it, whatever the plan's size. */
const listLengthMax = 100;
const sentenceLengthMax = 250;
const summaryLengthMax = 1000;

/** What is sent when a run ends: what was done, why, and how long each step took. */
export function notificationOf(run: Run, entries: readonly JournalEntry[], end: RunEnd | 'held'): Message {
  const paragraphs = [
    summary(run, entries, end),
    ['How long each step took', ...stepLines(run, entries)],
    ['What was done, and why', ...deedLines(run, entries)],
    uncertainLines(entries),
  ];
  const body = paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return { subject: subjectFor(run, end), body: `${body}\n` };
}

function subjectFor({ application, from, purpose, to }: Run, end: RunEnd | 'held'): string {
  const planned = isPlanned({ purpose });
  const way = `on the way from ${from.region} to ${to.region}`;
  const what = {
    recovered: planned ? `moved to ${to.region} as planned` : `recovered in ${to.region}`,
    protected: `can move to ${to.region} again`,
    stopped: `STOPPED ${way}`,
    abandoned: `ENDED BY HAND ${way}`,
    held: `HELD ${way}: act now`,
  }[end];
  return subjectOf(`${application} ${what}`);
}

function summary(run: Run, entries: readonly JournalEntry[], end: RunEnd | 'held'): readonly string[] {
  const { application, from, to, openedAt, incidentAt } = run;
  const planned = isPlanned(run);
  const wish =
    run.purpose === 'reprotect'
      ? `${application} was to be protected by ${to.region}`
      : `${application} was to leave ${from.region} for ${to.region}`;
  const failed = (became: string): readonly string[] => [
    `${wish}, and the run ${became}: ${causeOf(entries)}`,
    ...afterwards(entries),
  ];
  const told: Readonly<Record<typeof end, () => readonly string[]>> = {
    recovered: () => [`${application} left ${from.region} and ${planned ? 'works' : 'recovered'} in ${to.region}.`],
    protected: () => [`${application} stays in ${from.region}, and ${to.region} has a replica of its data again.`],
    stopped: () => failed('stopped'),
    abandoned: () => failed('was ended by hand'),
    held: () => failed('is held'),
  };
  const incident = planned ? [] : [`Incident since ${isoOf(incidentAt)}.`];
  return [
    ...told[end](),
    `Started by ${run.trigger}: ${run.reason}`,
    ...incident,
    `Run opened at ${isoOf(openedAt)}.`,
    `Run ${run.id}, epoch ${run.epoch}.`,
  ].map((sentence) => shorten(plainLine(sentence), summaryLengthMax));
}

/** The last refusal or failure before Restore began. */
function causeOf(entries: readonly JournalEntry[]): string {
  const cause = entries.findLast(
    ({ event, refusal, step }) => step !== 'restore' && (refusal !== undefined || event === 'failed'),
  );
  return cause === undefined
    ? 'the journal gives no refusal and no failure.'
    : `${stepTitle(cause.step)}: ${cause.why}`;
}

/** What Restore did, or why it could not. */
function afterwards(entries: readonly JournalEntry[]): readonly string[] {
  const last = entries.findLast(
    ({ event, step }) => step === 'restore' && (event === 'step-finished' || event === 'failed'),
  );
  return last === undefined ? [] : [`Restore: ${last.why}`];
}

function stepLines({ incidentAt }: Run, entries: readonly JournalEntry[]): readonly string[] {
  const spans = sinceLoss(stepSpans(entries), incidentAt);
  if (spans.length === 0) return ['  No step ran.'];
  return spans.map(({ step, startedAt, finishedAt }) => {
    const took = finishedAt === null ? 'has not ended' : duration(roundSeconds(finishedAt - startedAt));
    return `  ${stepTitle(step).padEnd(9)} ${took}`;
  });
}

function deedLines({ incidentAt }: Run, entries: readonly JournalEntry[]): readonly string[] {
  const told = entries.filter(({ event }) => ['acted', 'rejected', 'undone', 'refused', 'failed'].includes(event));
  if (told.length === 0) return ['  Nothing was changed.'];
  return listed(told, ({ at, step, event, why, resource = '' }) => {
    return `${relativeTime(at - incidentAt)}  ${stepTitle(step)}: ${resource} ${event}: ${why}`;
  });
}

/** An intent that nothing answers may or may not have taken effect: somebody has to look. */
function uncertainLines(entries: readonly JournalEntry[]): readonly string[] {
  const answers: readonly string[] = ['acted', 'rejected', 'undone', 'settled'];
  const answered = new Set<string | undefined>();
  const uncertain: JournalEntry[] = [];
  for (const entry of entries.toReversed()) {
    if (answers.includes(entry.event)) answered.add(entry.resource);
    if (entry.event === 'intended' && !answered.has(entry.resource)) uncertain.unshift(entry);
  }
  if (uncertain.length === 0) return [];
  const lines = listed(uncertain, ({ step, resource = '', why }) => `${stepTitle(step)}: ${resource}: ${why}`);
  return ['May or may not have taken effect: look at these', ...lines];
}

function listed(entries: readonly JournalEntry[], textOf: (entry: JournalEntry) => string): readonly string[] {
  const lines = entries
    .slice(0, listLengthMax)
    .map((entry) => `  ${shorten(plainLine(textOf(entry)), sentenceLengthMax)}`);
  const hidden = entries.length - listLengthMax;
  return hidden > 0 ? [...lines, `  … and ${plural(hidden, 'line')} more in the journal`] : lines;
}
