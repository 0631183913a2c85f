import type { JournalEntry } from '../domain/journal.ts';
import type { RunEnd } from '../domain/ports.ts';
import type { Instant, Run } from '../domain/run.ts';
import { shorten } from './text/wrap.ts';
import { sinceLoss, stepSpans } from './timeline.ts';
import { duration, isoOf, plainLine, plural, relativeTime, roundSeconds, stepTitle } from './words.ts';

export interface Notification {
  readonly subject: string;
  readonly body: string;
}

/** SNS wants fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject). */
const subjectLengthMax = 99;
/** SNS takes 256 KB: 200 lines of at most 400 characters stay far below it, whatever the plan's size. */
const deedsMax = 200;
const sentenceLengthMax = 400;

/** What is sent when a run ends: what was done, why, and how long each step took. */
export function notificationOf(run: Run, entries: readonly JournalEntry[], end: RunEnd): Notification {
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
  return { subject: subjectOf(run, end), body: `${body}\n` };
}

function subjectOf({ application, from, to, trigger }: Run, end: RunEnd): string {
  const drill = trigger === 'drill' ? 'Drill: ' : '';
  const what =
    end === 'recovered' ? `recovered in ${to.region}` : `STOPPED on the way from ${from.region} to ${to.region}`;
  return plainLine(`${drill}${application} ${what}`)
    .replace(/[^\x20-\x7e]/gu, '?')
    .slice(0, subjectLengthMax);
}

function summary(run: Run, entries: readonly JournalEntry[], end: RunEnd): readonly string[] {
  const { application, from, to, openedAt, incidentAt } = run;
  const stopped = entries.findLast(({ event }) => event === 'refused' || event === 'failed');
  const result =
    end === 'recovered'
      ? `${application} left ${from.region} and recovered in ${to.region}.`
      : `${application} was to leave ${from.region} for ${to.region}, and the run stopped: ${stopped?.why ?? 'the journal gives no refusal and no failure.'}`;
  return [
    plainLine(result),
    plainLine(`Started by ${run.trigger}: ${run.reason}`),
    plainLine(`Incident since ${isoOf(incidentAt)}, run opened at ${isoOf(openedAt)}.`),
    plainLine(`Run ${run.id}, epoch ${run.epoch}.`),
  ];
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
  const lines = told.slice(0, deedsMax).map((entry) => `  ${deedText(entry, incidentAt)}`);
  const hidden = told.length - deedsMax;
  return hidden > 0 ? [...lines, `  … and ${plural(hidden, 'line')} more in the journal`] : lines;
}

function deedText({ at, step, event, why, resource = '' }: JournalEntry, incidentAt: Instant): string {
  const line = `${relativeTime(at - incidentAt)}  ${stepTitle(step)}: ${resource} ${event}: ${why}`;
  return shorten(plainLine(line), sentenceLengthMax);
}

/** An intent that nothing answers may or may not have taken effect: somebody has to look. */
function uncertainLines(entries: readonly JournalEntry[]): readonly string[] {
  const answers: readonly string[] = ['acted', 'rejected', 'undone', 'settled'];
  const open = entries.filter(
    (intent, index) =>
      intent.event === 'intended' &&
      !entries.slice(index + 1).some((later) => later.resource === intent.resource && answers.includes(later.event)),
  );
  if (open.length === 0) return [];
  const lines = open
    .slice(0, deedsMax)
    .map(({ step, resource = '', why }) => plainLine(`${stepTitle(step)}: ${resource}: ${why}`))
    .map((sentence) => `  ${shorten(sentence, sentenceLengthMax)}`);
  return ['May or may not have taken effect: look at these', ...lines];
}
