import type { Ask } from '../domain/approval.ts';
import { lossInWords } from '../domain/loss.ts';
import type { Instant, Run } from '../domain/run.ts';
import { type Message, subjectOf } from './message.ts';
import { isoOf, plainLine } from './words.ts';

export interface Question {
  readonly run: Run;
  readonly ask: Ask;
  /** When the run stops waiting, and is restored. */
  readonly until: Instant;
}

/** What a person needs to decide whether data may be promoted, and how to say so. */
export function questionOf({ ask, run, until }: Question): Message {
  const { application, from, id, to } = run;
  const isLossy = ask.needs.includes('accept-data-loss');
  const accept = isLossy ? ' --accept-data-loss' : '';
  const loss =
    ask.loss === undefined
      ? 'Nothing would be lost.'
      : `The promotion would lose ${lossInWords(ask.loss)} (${ask.loss.why}).`;
  const body = [
    `${application} is to leave ${from.region} for ${to.region}, and the run waits for you.`,
    loss,
    `Why it was started: ${run.reason}`,
    '',
    `To go on:  understudy approve ${id} --region ${to.region}${accept} --reason "..."`,
    `To stop:   understudy decline ${id} --region ${to.region} --reason "..."`,
    `Without an answer by ${isoOf(until)} the run stops and everything is put back.`,
  ];
  const what = isLossy ? 'accept the loss of data?' : 'go ahead?';
  return {
    subject: subjectOf(`${application} WAITS FOR YOU on the way from ${from.region} to ${to.region}: ${what}`),
    body: `${body.map(plainLine).join('\n')}\n`,
  };
}
