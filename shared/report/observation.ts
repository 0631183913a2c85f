import type { JournalEntry } from '../domain/journal.ts';
import type { Run } from '../domain/run.ts';
import { type Message, subjectOf } from './message.ts';
import { noPaint } from './paint.ts';
import { rehearsalOf, renderRehearsal } from './rehearsal.ts';
import { shorten } from './text/wrap.ts';
import { isoOf, plainLine } from './words.ts';

/** SNS takes 256 KB, and a character has at most 4 bytes. */
const bodyLengthMax = 60_000;
const sentenceLengthMax = 1000;

/** What is sent in observe mode: what a failover would have done, and that nothing was. */
export function observationOf(run: Run, entries: readonly JournalEntry[]): Message {
  const { application, incidentAt, reason, to } = run;
  const rehearsal = rehearsalOf({ application, run, entries });
  const would =
    rehearsal.verdict === 'refused'
      ? `failover to ${to.region} would have been refused`
      : `would have failed over to ${to.region}`;
  const why = entries.find(({ event }) => event === 'run-opened')?.why ?? reason;
  const sentences = [
    `${application} ${would}: observe mode, nothing was changed.`,
    `Started by ${reason}. Incident since ${isoOf(incidentAt)}. ${why}`,
    'If this is a disaster, a person has to start the failover.',
  ];
  const told = sentences.map((sentence) => shorten(plainLine(sentence), sentenceLengthMax)).join('\n');
  return {
    subject: subjectOf(`NOTHING CHANGED: ${application} ${would}`),
    body: `${told}\n\n${renderRehearsal(rehearsal, noPaint)}`.slice(0, bodyLengthMax),
  };
}
